#include "tokenspace/fasttext_bin.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "tokenspace/error.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::fasttext {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

namespace {

constexpr std::int32_t kMagic = 793712314;
constexpr std::int32_t kNewest = 12;
constexpr std::uint64_t kCentroids = 256;
constexpr std::int32_t kMostWordNgrams = 100;
constexpr std::uint64_t kMostExpansion = 64;  // bytes in memory for one of the file, beyond what any file may take

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), operation_("read " + name) {}

  template <class T>
  T take(const char* what) {
    T value;
    if (left() < sizeof(T)) ends_early(what);
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::string_view take_word() {
    const void* end = left() == 0 ? nullptr : std::memchr(bytes_.data() + at_, 0, left());
    if (end == nullptr) ends_early("a word and the zero byte behind it");
    const std::string_view word(bytes_.data() + at_, static_cast<const char*>(end) - (bytes_.data() + at_));
    at_ += word.size() + 1;
    return word;
  }
  // Passes over count * size bytes and tells where they begin.
  std::uint64_t skip(std::uint64_t count, std::uint64_t size, const char* what) {
    if (size != 0 && count > left() / size) ends_early(what);
    const std::uint64_t begin = at_;
    at_ += count * size;
    return begin;
  }
  bool take_bool(const char* what) {
    const auto value = take<std::uint8_t>(what);
    if (value > 1) wrong(std::string(what) + " of 0 or 1", std::to_string(value));
    return value == 1;
  }
  std::uint64_t left() const { return bytes_.size() - at_; }
  std::uint64_t at() const { return at_; }

  [[noreturn]] void ends_early(const char* what) const {
    fail(ErrorKind::format, operation_, std::string(what) + " at byte " + std::to_string(at_),
         "the end of the file at byte " + std::to_string(bytes_.size()), "downloading or writing it again");
  }
  [[noreturn]] void wrong(const std::string& expected, const std::string& received) const {
    fail(ErrorKind::format, operation_, expected, received + " before byte " + std::to_string(at_));
  }
  [[noreturn]] void too_large(const std::string& expected, const std::string& received) const {
    fail(ErrorKind::limit, operation_, expected, received);
  }
  [[noreturn]] void refuse(const std::string& expected, const std::string& received, const char* remedy) const {
    fail(ErrorKind::unsupported, operation_, expected, received, remedy);
  }

 private:
  std::string_view bytes_;
  std::string operation_;
  std::uint64_t at_ = 0;
};

BinArguments read_arguments(Reader& in, std::int32_t version) {
  BinArguments a{};
  for (std::int32_t* field : {&a.dim, &a.ws, &a.epoch, &a.min_count, &a.neg, &a.word_ngrams, &a.loss, &a.model,
                              &a.bucket, &a.minn, &a.maxn, &a.lr_update_rate}) {
    *field = in.take<std::int32_t>("the arguments");
  }
  a.t = in.take<double>("the arguments");
  if (a.dim < 1) in.wrong("at least 1 dimension", std::to_string(a.dim));
  if (a.loss < 1 || a.loss > 4) in.wrong("a loss of 1 to 4", std::to_string(a.loss));
  if (a.model < 1 || a.model > 3) in.wrong("a model of 1 to 3", std::to_string(a.model));
  if (a.bucket < 0) in.wrong("0 or more buckets", std::to_string(a.bucket));
  // Longer runs make a line's rows, of which there may be so many for each word, as many as its words squared.
  if (a.word_ngrams > kMostWordNgrams) {
    in.too_large("runs of " + std::to_string(kMostWordNgrams) + " words at most", std::to_string(a.word_ngrams));
  }
  // Supervised models of version 11 were trained without character n-grams, whatever they say.
  if (version == 11 && a.model == 3) a.maxn = 0;
  return a;
}

// The rows of each word's n-grams are kept: a file whose words would have far more of them than it has bytes is
// refused.
void check_ngrams(const Reader& in, const BinFile& file) {
  const BinArguments& a = file.arguments;
  if (a.bucket == 0 || a.maxn < std::max(a.minn, 1)) return;
  const auto lengths = static_cast<std::uint64_t>(a.maxn) - static_cast<std::uint64_t>(std::max(a.minn, 1)) + 1;
  const std::uint64_t most = std::max<std::uint64_t>(kMostExpansion * file.bytes.size(), std::uint64_t{1} << 26) / 4;
  std::uint64_t rows = 0;
  for (std::uint64_t i = 0; i < file.words; ++i) {
    const std::uint64_t characters = file.entries[i].word.size() + 2;
    rows += characters * std::min(lengths, characters);
    if (rows > most) {
      in.too_large("words with " + std::to_string(most) + " n-grams in all",
                   "more, of lengths " + std::to_string(a.minn) + " to " + std::to_string(a.maxn));
    }
  }
}

void read_dictionary(Reader& in, BinFile& file) {
  const auto size = in.take<std::int32_t>("the size of the dictionary");
  const auto words = in.take<std::int32_t>("the number of words");
  const auto labels = in.take<std::int32_t>("the number of labels");
  const auto tokens = in.take<std::int64_t>("the number of tokens");
  const auto pruned = in.take<std::int64_t>("the number of n-grams kept");
  if (words < 0 || labels < 0 || size < 0 || std::int64_t{words} + labels != size) {
    in.wrong("as many words and labels as entries",
             std::to_string(words) + " and " + std::to_string(labels) + " of " + std::to_string(size));
  }
  if (tokens < 0) in.wrong("0 or more tokens", std::to_string(tokens));
  if (pruned < -1) in.wrong("-1 or more n-grams kept", std::to_string(pruned));
  if (static_cast<std::uint64_t>(size) > in.left() / 10) in.ends_early("the dictionary");
  file.words = static_cast<std::uint64_t>(words);
  file.labels = static_cast<std::uint64_t>(labels);
  file.tokens = static_cast<std::uint64_t>(tokens);
  file.entries.reserve(static_cast<std::size_t>(size));
  for (std::int32_t i = 0; i < size; ++i) {
    if ((i & 0xFFFF) == 0) look_up();
    const std::string_view word = in.take_word();
    const auto count = in.take<std::int64_t>("the count of a word");
    const auto type = in.take<std::int8_t>("the type of a word");
    if (count < 0) in.wrong("a count of 0 or more", std::to_string(count));
    if (type != (i < words ? 0 : 1)) in.wrong("words before labels", "an entry of type " + std::to_string(type));
    file.entries.push_back({word, static_cast<std::uint64_t>(count)});
  }
  check_ngrams(in, file);
  file.is_pruned = pruned >= 0;
  if (pruned > 0) {
    if (static_cast<std::uint64_t>(pruned) > in.left() / 8) in.ends_early("the n-grams kept");
    file.pruned.reserve(static_cast<std::size_t>(pruned));
    for (std::int64_t i = 0; i < pruned; ++i) {
      const auto bucket = in.take<std::int32_t>("an n-gram kept");
      const auto row = in.take<std::int32_t>("an n-gram kept");
      if (bucket < 0 || bucket >= file.arguments.bucket || row < 0 || row >= pruned) {
        in.wrong("a bucket and its row", std::to_string(bucket) + " and " + std::to_string(row));
      }
      if (!file.pruned.emplace(static_cast<std::uint32_t>(bucket), static_cast<std::uint32_t>(row)).second) {
        in.wrong("every bucket once", "bucket " + std::to_string(bucket) + " twice");
      }
    }
  }
}

// `codes` is known already: where they lie depends on their kind.
ProductCodes read_centroids(Reader& in, std::uint64_t columns) {
  ProductCodes out;
  out.dim = in.take<std::int32_t>("the width of quantized rows");
  out.parts = in.take<std::int32_t>("the number of sub-vectors");
  out.width = in.take<std::int32_t>("the width of sub-vectors");
  out.last_width = in.take<std::int32_t>("the width of the last sub-vector");
  const bool good = out.dim >= 1 && static_cast<std::uint64_t>(out.dim) == columns && out.width >= 1 &&
                    out.parts == (std::int64_t{out.dim} + out.width - 1) / out.width &&
                    out.last_width == out.dim - std::int64_t{out.parts - 1} * out.width;
  if (!good) in.wrong("sub-vectors that make up a row", std::to_string(out.parts) + " of " + std::to_string(out.width));
  out.centroids = in.skip(static_cast<std::uint64_t>(out.dim) * kCentroids, sizeof(float), "centroids");
  return out;
}

BinMatrix read_matrix(Reader& in, bool quantized, std::int32_t dim, const char* what) {
  BinMatrix out;
  out.quantized = quantized;
  out.has_norms = quantized && in.take_bool("a mark for quantized norms");
  const auto rows = in.take<std::int64_t>(what);
  const auto columns = in.take<std::int64_t>(what);
  if (rows < 0 || columns != dim) {
    in.wrong(std::string(what) + " with " + std::to_string(dim) + " columns",
             std::to_string(rows) + " x " + std::to_string(columns));
  }
  out.rows = static_cast<std::uint64_t>(rows);
  out.columns = static_cast<std::uint64_t>(columns);
  if (!quantized) {
    out.offset = in.skip(out.rows, out.columns * sizeof(float), what);
    return out;
  }
  const auto size = in.take<std::int32_t>("the number of codes");
  if (size < 0) in.wrong("0 or more codes", std::to_string(size));
  const std::uint64_t codes = in.skip(static_cast<std::uint64_t>(size), 1, "codes");
  out.codes = read_centroids(in, out.columns);
  out.codes.codes = codes;
  if (static_cast<std::uint64_t>(size) != out.rows * static_cast<std::uint64_t>(out.codes.parts)) {
    in.wrong("a code for each sub-vector", std::to_string(size) + " codes for " + std::to_string(out.rows) + " rows");
  }
  if (out.has_norms) {
    const std::uint64_t norms = in.skip(out.rows, 1, "codes of norms");
    out.norms = read_centroids(in, 1);
    out.norms.codes = norms;
  }
  return out;
}

float read_float(std::string_view bytes, std::uint64_t at) {
  float value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

BinFile read_bin(std::string_view bytes, const std::string& name) {
  Reader in(bytes, name);
  BinFile file;
  file.bytes = bytes;
  const auto magic = in.take<std::int32_t>("the mark of a fastText model");
  if (magic != kMagic) {
    in.refuse("a fastText model (.bin or .ftz)", "other bytes",
              "load_word2vec_format for a .vec file; models from before 2017 have to be saved again by fastText");
  }
  file.version = in.take<std::int32_t>("the version");
  if (file.version < 11 || file.version > kNewest) {
    in.refuse("version 11 or 12", "version " + std::to_string(file.version), "saving it again with fastText 0.9.2");
  }
  file.arguments = read_arguments(in, file.version);
  read_dictionary(in, file);
  const BinArguments& a = file.arguments;
  const bool quantized = in.take_bool("a mark for a quantized matrix");
  if (file.is_pruned && !quantized) {
    in.refuse("all n-grams, or a quantized matrix", "a pruned model of an early version", "downloading it anew");
  }
  file.input = read_matrix(in, quantized, a.dim, "the input matrix");
  const std::uint64_t ngrams = file.is_pruned ? file.pruned.size() : static_cast<std::uint64_t>(a.bucket);
  if (file.input.rows != file.words + ngrams) {
    in.wrong(std::to_string(file.words + ngrams) + " rows of words and n-grams", std::to_string(file.input.rows));
  }
  const bool quantized_output = in.take_bool("a mark for a quantized matrix") && quantized;
  file.output = read_matrix(in, quantized_output, a.dim, "the output matrix");
  const std::uint64_t outputs = a.model == 3 ? file.labels : file.words;
  if (file.output.rows != outputs) {
    in.wrong(std::to_string(outputs) + " output rows", std::to_string(file.output.rows));
  }
  if (in.left() != 0) in.wrong("the end of the file", std::to_string(in.left()) + " more bytes");
  return file;
}

void copy_row(const BinFile& file, const BinMatrix& matrix, std::uint64_t row, float* out) {
  if (!matrix.quantized) {
    std::memcpy(out, file.bytes.data() + matrix.offset + row * matrix.columns * sizeof(float),
                matrix.columns * sizeof(float));
    return;
  }
  const auto code_at = [&](std::uint64_t at) { return static_cast<std::uint8_t>(file.bytes[at]); };
  const float norm =
      matrix.has_norms ? read_float(file.bytes, matrix.norms.centroids + 4u * code_at(matrix.norms.codes + row)) : 1.0f;
  const ProductCodes& codes = matrix.codes;
  for (std::int32_t part = 0; part < codes.parts; ++part) {
    const auto width = static_cast<std::uint64_t>(part + 1 == codes.parts ? codes.last_width : codes.width);
    const std::uint64_t first = std::uint64_t(part) * static_cast<std::uint64_t>(codes.width);
    const std::uint64_t code = code_at(codes.codes + row * static_cast<std::uint64_t>(codes.parts) + part);
    for (std::uint64_t i = 0; i < width; ++i) {
      out[first + i] = norm * read_float(file.bytes, codes.centroids + 4 * (first * kCentroids + code * width + i));
    }
  }
}

}  // namespace tokenspace::fasttext
