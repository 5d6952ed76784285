// A compiled tokenizer straight from its file, mapped into memory.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define TOKENSPACE_HAS_MMAP 1
#endif

namespace tokenspace {

namespace {

[[noreturn]] void refuse(const std::string& path) {
  fail(ErrorKind::io, "open " + path, "a readable file", std::strerror(errno));
}

#if defined(TOKENSPACE_HAS_MMAP)

class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse(path);
    struct stat status{};
    if (::fstat(file, &status) != 0) {
      ::close(file);
      refuse(path);
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (data_ == MAP_FAILED) {
      data_ = nullptr;
      refuse(path);
    }
  }
  ~Mapping() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::string_view view() const { return {static_cast<const char*>(data_), data_ == nullptr ? 0 : size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

#else

class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(path);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::string_view view() const { return bytes_; }

 private:
  std::string bytes_;
};

#endif

}  // namespace

std::shared_ptr<const Tokenizer> read_compiled_file(const std::string& path, std::string name) {
  auto mapping = std::make_shared<const Mapping>(path);
  auto tokenizer = read_compiled(mapping->view(), std::move(name));
  // The mapping lives as long as the tokenizer does.
  const Tokenizer* inner = tokenizer.get();
  return {inner, [tokenizer = std::move(tokenizer), mapping = std::move(mapping)](const Tokenizer*) {}};
}

}  // namespace tokenspace
