#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "formats/decimal_float.hpp"
#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/vector_formats.hpp"

using namespace tokenspace;

namespace {

float read(std::string_view text) {
  float value = -1;
  const char* p = text.data();
  CHECK(decimal::read_float(p, text.data() + text.size(), value));
  CHECK(p == text.data() + text.size());
  return value;
}

std::string written(float value) {
  char text[decimal::kMaxFloat];
  return {text, decimal::write_float(text, value)};
}

bool refused(std::string_view text) {
  float value = 0;
  const char* p = text.data();
  const char* const end = text.data() + text.size();
  return !decimal::read_float(p, end, value) || p != end;
}

}  // namespace

TEST("numbers are read as python reads them") {
  CHECK(read("0.1") == 0.1F);
  CHECK(read("-.5e1") == -5.0F);
  CHECK(read("+7.") == 7.0F);
  CHECK(read("1E-45") == std::numeric_limits<float>::denorm_min());
  CHECK(read("3.4028235e38") == std::numeric_limits<float>::max());
  CHECK(read("3.4028235677973362e38") == std::numeric_limits<float>::max());  // below half-way to the next power of two
  CHECK(std::isinf(read("3.4028235677973366e38")));
  CHECK(std::isinf(read("1e999999999999999999")));
  CHECK(read("1e-999999999999999999") == 0.0F);
  CHECK(std::signbit(read("-0")));
  CHECK(read("0.0000000000000000000000000000000000000000000000000000001e55") == 1.0F);
  CHECK(read("123456789012345678901234567890e-29") == 1.2345679F);
  CHECK(std::isnan(read("NaN")) && std::isinf(read("-Infinity")) && std::isinf(read("inf")));
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "0x1", "1_0", "1,5", "nano", "--1"}) CHECK(refused(text));
}

TEST("floats are written in the fewest digits") {
  CHECK(written(0.1F) == "0.1");
  CHECK(written(3.0F) == "3.0");
  CHECK(written(-123456.7F) == "-123456.7");
  CHECK(written(1e-4F) == "1e-04");
  CHECK(written(0.00012F) == "0.00012");
  CHECK(written(1e6F) == "1e+06");
  CHECK(written(1.5e20F) == "1.5e+20");
  CHECK(written(std::numeric_limits<float>::denorm_min()) == "1e-45");
  CHECK(written(-0.0F) == "-0.0");
  CHECK(written(std::numeric_limits<float>::quiet_NaN()) == "nan");
}

TEST("words of lines may hold blanks") {
  const std::string block = "a 1 2\n\n. . 3 4 \r\n5 6 7 8\n 9 1";
  const vectors::RowCount count = vectors::count_rows(block, 100);
  CHECK(count.rows == 4 && count.lines == 5 && count.bytes == block.size());
  CHECK(vectors::count_rows(block, 2).rows == 2);
  std::vector<float> rows(8);
  const vectors::ParsedRows parsed = vectors::parse_text<float>(block, 2, rows, 1, 1);
  std::vector<std::string> words;
  for (const vectors::WordSpan word : parsed.words) words.push_back(block.substr(word.begin, word.size));
  CHECK((words == std::vector<std::string>{"a", ". .", "5 6", ""}));
  CHECK((rows == std::vector<float>{1, 2, 3, 4, 7, 8, 9, 1}));
}

TEST("damaged rows name their line") {
  std::vector<float> rows(4);
  std::string message;
  try {
    (void)vectors::parse_text<float>("a 1 2\nb 1 x\n", 2, rows, 10, 1);
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK(message.find("line 11") != std::string::npos);
  CHECK_THROWS(vectors::parse_text<float>("a 1 2\n", 2, rows, 1, 1));  // one row, room for two
  CHECK_THROWS(vectors::parse_text<float>("a 1\n", 0, rows, 1, 1));
}

TEST("binary rows stop where the bytes do") {
  const std::vector<float> values = {1, 2, 3, 4};
  const std::vector<std::string_view> words = {"a", "b"};
  const std::string bytes = vectors::format_binary(words, values, 2, "\n");
  CHECK(bytes.size() == 2 * (1 + 1 + 1 + 8));
  std::vector<float> rows(4);
  vectors::ParsedRows parsed = vectors::parse_binary(bytes, 2, rows);
  CHECK(parsed.words.size() == 2 && parsed.bytes == bytes.size() && rows == values);
  parsed = vectors::parse_binary(std::string_view(bytes).substr(0, bytes.size() - 1), 2, rows);
  CHECK(parsed.words.size() == 1 && parsed.bytes == bytes.size() / 2);
}
