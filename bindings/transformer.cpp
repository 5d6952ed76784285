// The transformer over weights that Python holds: those it looks up rows of stay where they are (a mapped file as
// well).
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "tokenspace/buffer.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/transformer.hpp"

using namespace tokenspace;

namespace {

using Bytes = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Ids = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Offsets = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T, std::size_t kCount>
T named(const std::array<std::pair<const char*, T>, kCount>& names, const std::string& name, const char* what) {
  for (const auto& [known, value] : names) {
    if (name == known) return value;
  }
  fail(ErrorKind::invalid_argument, "native engine", what, "\"" + name + "\"");
}

constexpr std::array<std::pair<const char*, nn::Number>, 3> kNumbers{
    {{"F32", nn::Number::float32}, {"F16", nn::Number::float16}, {"BF16", nn::Number::bfloat16}}};
constexpr std::array<std::pair<const char*, nn::Activation>, 6> kActivations{
    {{"gelu", nn::Activation::gelu},
     {"gelu_tanh", nn::Activation::gelu_tanh},
     {"quick_gelu", nn::Activation::quick_gelu},
     {"relu", nn::Activation::relu},
     {"silu", nn::Activation::silu},
     {"tanh", nn::Activation::tanh}}};
constexpr std::array<std::pair<const char*, nn::Precision>, 4> kPrecisions{{{"auto", nn::Precision::automatic},
                                                                            {"fp32", nn::Precision::fp32},
                                                                            {"bf16", nn::Precision::bf16},
                                                                            {"int8", nn::Precision::int8}}};
constexpr std::array<std::pair<const char*, nn::Pooling>, 6> kPoolings{{{"mean", nn::Pooling::mean},
                                                                        {"cls", nn::Pooling::cls},
                                                                        {"max", nn::Pooling::max},
                                                                        {"last", nn::Pooling::last},
                                                                        {"mean_sqrt_len", nn::Pooling::mean_sqrt_len},
                                                                        {"weighted_mean", nn::Pooling::weighted_mean}}};

// Parts by name: (bytes, type, rows, columns).
struct Parts {
  nb::dict found;

  bool has(const std::string& name) const { return found.contains(name.c_str()); }
  nn::Tensor tensor(const std::string& name) const {
    if (!has(name)) fail(ErrorKind::invalid_argument, "native engine", "a part \"" + name + "\"", "none");
    const auto part = nb::cast<nb::tuple>(found[name.c_str()]);
    const auto bytes = nb::cast<Bytes>(part[0]);
    nn::Tensor tensor;
    tensor.data = bytes.data();
    tensor.number = named(kNumbers, nb::cast<std::string>(part[1]), "numbers of F32, F16 or BF16");
    tensor.rows = nb::cast<std::size_t>(part[2]);
    tensor.columns = nb::cast<std::size_t>(part[3]);
    const std::size_t size = tensor.number == nn::Number::float32 ? 4 : 2, whole = bytes.shape(0);
    // Divided, for a product could overflow.
    const bool fits = tensor.rows != 0 && tensor.columns != 0 && whole % size == 0 &&
                      whole / size / tensor.rows == tensor.columns && whole / size % tensor.rows == 0;
    if (!fits) {
      fail(ErrorKind::invalid_argument, "native engine", "bytes for the shape of \"" + name + "\"",
           std::to_string(whole) + " bytes");
    }
    return tensor;
  }
  nn::Linear linear(const std::string& name) const { return {tensor(name + ".weight"), tensor(name + ".bias")}; }
};

nn::Tensors tensors_of(const Parts& parts, const nn::Shape& shape) {
  nn::Tensors tensors;
  tensors.words = parts.tensor("words");
  tensors.positions = parts.tensor("positions");
  if (shape.types != 0) tensors.types = parts.tensor("types");
  if (shape.relative) tensors.relative_bias = parts.tensor("relative_bias");
  tensors.embedding_norm = parts.linear("embedding_norm");
  for (std::size_t i = 0; i < shape.layers; ++i) {
    const std::string layer = std::to_string(i) + ".";
    tensors.layers.push_back({parts.linear(layer + "query"), parts.linear(layer + "key"), parts.linear(layer + "value"),
                              parts.linear(layer + "output"), parts.linear(layer + "attention_norm"),
                              parts.linear(layer + "up"), parts.linear(layer + "down"),
                              parts.linear(layer + "output_norm")});
  }
  return tensors;
}

nn::Batch batch_of(const Ids& ids, const Offsets& offsets, const std::optional<Bytes>& types) {
  if (offsets.shape(0) == 0 || offsets.data()[0] != 0 ||
      offsets.data()[offsets.shape(0) - 1] != static_cast<std::int64_t>(ids.shape(0)) ||
      (types && types->shape(0) != ids.shape(0))) {
    fail(ErrorKind::invalid_argument, "encode", "row offsets from 0 to the number of ids, and as many types as ids",
         "others");
  }
  return {ids.data(), offsets.data(), offsets.shape(0) - 1, types ? types->data() : nullptr};
}

// Numbers of any shape that NumPy owns, not written yet.
nb::object new_floats(std::vector<std::size_t> shape, float*& data) {
  std::size_t count = 1;
  for (const std::size_t n : shape) count *= n;
  auto owned = std::make_unique<Buffer<float>>(std::max<std::size_t>(1, count));
  data = owned->data();
  nb::capsule owner(owned.release(), [](void* p) noexcept { delete static_cast<Buffer<float>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, float>(data, shape.size(), shape.data(), owner));
}

struct Handle {
  nn::Transformer transformer;
  nb::object words, positions, types;  // whose memory the transformer reads
};

void make(Handle* self, const nb::dict& found, std::size_t vocabulary, std::size_t dimension, std::size_t heads,
          std::size_t inner, std::size_t layers, std::size_t max_tokens, std::size_t types,
          const std::string& activation, float epsilon, std::size_t first_position, std::int64_t padding, bool relative,
          const std::string& precision, unsigned threads, const std::string& kernels) {
  nn::Shape shape;
  shape.vocabulary = vocabulary;
  shape.dimension = dimension;
  shape.heads = heads;
  shape.inner = inner;
  shape.layers = layers;
  shape.max_tokens = max_tokens;
  shape.types = types;
  shape.activation = named(kActivations, activation, "a known activation");
  shape.epsilon = epsilon;
  shape.first_position = first_position;
  shape.padding = padding;
  shape.relative = relative;
  const nn::Precision wanted = named(kPrecisions, precision, "precision \"auto\", \"fp32\", \"bf16\" or \"int8\"");
  const Parts parts{found};
  const nn::Tensors tensors = tensors_of(parts, shape);
  const auto kept = [&](const char* name) { return parts.has(name) ? nb::object(found[name]) : nb::none(); };
  nb::object kept_words = kept("words"), kept_positions = kept("positions"), kept_types = kept("types");
  std::optional<nn::Transformer> made;
  {
    const Unlocked unlocked;
    made.emplace(shape, tensors, wanted, threads, kernels);
  }
  new (self) Handle{std::move(*made), std::move(kept_words), std::move(kept_positions), std::move(kept_types)};
}

nb::object token_vectors(const Handle& self, const Ids& ids, const Offsets& offsets, const std::optional<Bytes>& types,
                         const std::vector<std::size_t>& layers, bool attentions, unsigned threads) {
  const nn::Batch batch = batch_of(ids, offsets, types);
  const nn::Shape& shape = self.transformer.shape();
  float* vectors = nullptr;
  nb::object array = new_floats({layers.size(), ids.shape(0), shape.dimension}, vectors);
  nb::object weights = nb::none();
  std::vector<float*> places;
  if (attentions) {
    nb::list all;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const std::int64_t length = batch.offsets[row + 1] - batch.offsets[row];
      if (length < 0 || static_cast<std::uint64_t>(length) > shape.max_tokens) {
        fail(ErrorKind::limit, "encode", "rows of at most " + std::to_string(shape.max_tokens) + " tokens",
             std::to_string(length));
      }
      const auto n = static_cast<std::size_t>(length);
      places.push_back(nullptr);
      all.append(new_floats({shape.layers, shape.heads, n, n}, places.back()));
    }
    weights = all;
  }
  {
    const Unlocked unlocked;
    self.transformer.token_vectors(batch, layers, vectors, attentions ? places.data() : nullptr, threads);
  }
  return nb::make_tuple(array, weights);
}

nb::object pooled(const Handle& self, const Ids& ids, const Offsets& offsets, const std::optional<Bytes>& types,
                  const std::string& pooling, bool normalize, unsigned threads) {
  const nn::Batch batch = batch_of(ids, offsets, types);
  const nn::Pooling wanted = named(kPoolings, pooling, "a known pooling");
  float* vectors = nullptr;
  nb::object array = new_floats({batch.rows, self.transformer.shape().dimension}, vectors);
  {
    const Unlocked unlocked;
    self.transformer.pooled(batch, wanted, normalize, vectors, threads);
  }
  return array;
}

std::string precision_of(const Handle& self) {
  for (const auto& [name, value] : kPrecisions) {
    if (value == self.transformer.precision()) return name;
  }
  return "";
}

}  // namespace

void register_transformer(nb::module_& m) {
  nb::class_<Handle>(m, "Transformer", "A post-norm transformer encoder with packed weights.")
      .def("__init__", make, nb::arg("parts"), nb::kw_only(), nb::arg("vocabulary"), nb::arg("dimension"),
           nb::arg("heads"), nb::arg("inner"), nb::arg("layers"), nb::arg("max_tokens"), nb::arg("types"),
           nb::arg("activation"), nb::arg("epsilon"), nb::arg("first_position"), nb::arg("padding"),
           nb::arg("relative"), nb::arg("precision"), nb::arg("threads") = 0, nb::arg("kernels") = "",
           nb::sig("def __init__(self, parts: dict[str, tuple[typing.Any, str, int, int]], *, vocabulary: int, "
                   "dimension: int, heads: int, inner: int, layers: int, max_tokens: int, types: int, activation: str, "
                   "epsilon: float, first_position: int, padding: int, relative: bool, precision: str, threads: int = "
                   "0, kernels: str = '') -> None"),
           "`parts`: name -> (uint8 bytes, F32, F16 or BF16, rows, columns); a vector has one row.")
      .def("token_vectors", token_vectors, nb::arg("ids"), nb::arg("offsets"), nb::arg("types").none(),
           nb::arg("layers"), nb::arg("attentions"), nb::arg("threads"),
           nb::sig("def token_vectors(self, ids: typing.Any, offsets: typing.Any, types: typing.Any | None, layers: "
                   "list[int], attentions: bool, threads: int) -> tuple[typing.Any, list[typing.Any] | None]"),
           "float32 (layers, tokens, dimension), and a list of (layers, heads, n, n) or None.")
      .def("pooled", pooled, nb::arg("ids"), nb::arg("offsets"), nb::arg("types").none(), nb::arg("pooling"),
           nb::arg("normalize"), nb::arg("threads"),
           nb::sig("def pooled(self, ids: typing.Any, offsets: typing.Any, types: typing.Any | None, pooling: str, "
                   "normalize: bool, threads: int) -> typing.Any"),
           "float32 (rows, dimension).")
      .def_prop_ro("precision", precision_of, nb::sig("def precision(self) -> str"), "What it computes in.")
      .def_prop_ro(
          "probed_cosine", [](const Handle& self) { return self.transformer.probed_cosine(); },
          nb::sig("def probed_cosine(self) -> float"), "Least cosine of the probe to float32; 1 where there was none.");
  m.def(
      "transformer_kernels",
      [] {
        nb::list all;
        for (const nn::KernelSetInfo& set : nn::transformer_kernel_sets()) {
          nb::list precisions;
          precisions.append("fp32");
          if (set.bf16) precisions.append("bf16");
          if (set.int8) precisions.append("int8");
          all.append(nb::make_tuple(set.name, nb::tuple(precisions)));
        }
        return all;
      },
      nb::sig("def transformer_kernels() -> list[tuple[str, tuple[str, ...]]]"),
      "The kernel sets of this machine and their precisions, the best last.");
}
