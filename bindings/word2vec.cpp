// Training of the word2vec family on NumPy matrices. Calls release the GIL; TrainControl.cancel() stops them.
#include "tokenspace/word2vec.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

#include <mutex>
#include <optional>

#include "module.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

using FloatMatrix = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T>
using Numbers = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T>
std::span<const T> span_of(const Numbers<T>& array) {
  return {array.data(), array.shape(0)};
}

vectors::Matrix matrix_of(const FloatMatrix& array, std::size_t dim) {
  if (array.shape(1) != dim) {
    fail(ErrorKind::invalid_argument, "train", "matrices of " + std::to_string(dim) + " columns",
         std::to_string(array.shape(1)));
  }
  return {array.data(), array.shape(0)};
}

// The trainer with the arrays it works on, which live as long as it does.
class Trainer {
 public:
  Trainer(FloatMatrix words, bool skip_gram, bool cbow_mean, std::uint32_t window, bool shrink_windows,
          std::uint32_t negative, std::optional<FloatMatrix> negative_rows, std::optional<Numbers<double>> noise,
          std::optional<FloatMatrix> node_rows, std::optional<Numbers<std::int64_t>> path_offsets,
          std::optional<Numbers<std::int32_t>> points, std::optional<Numbers<std::uint8_t>> codes,
          std::optional<Numbers<std::uint32_t>> sample_int, std::optional<Numbers<float>> lock_factors,
          std::optional<FloatMatrix> bag_rows, std::optional<Numbers<std::int64_t>> bag_offsets,
          std::optional<Numbers<std::uint32_t>> bag_parts, std::optional<Numbers<float>> bag_lock_factors,
          std::optional<FloatMatrix> tags, std::optional<Numbers<float>> tag_lock_factors, bool train_words,
          std::uint32_t concatenate, std::uint32_t padding, bool freeze, unsigned threads, bool deterministic,
          bool compute_loss)
      : words_(std::move(words)),
        negative_rows_(std::move(negative_rows)),
        noise_(std::move(noise)),
        node_rows_(std::move(node_rows)),
        path_offsets_(std::move(path_offsets)),
        points_(std::move(points)),
        codes_(std::move(codes)),
        sample_int_(std::move(sample_int)),
        lock_factors_(std::move(lock_factors)),
        bag_rows_(std::move(bag_rows)),
        bag_offsets_(std::move(bag_offsets)),
        bag_parts_(std::move(bag_parts)),
        bag_lock_factors_(std::move(bag_lock_factors)),
        tags_(std::move(tags)),
        tag_lock_factors_(std::move(tag_lock_factors)) {
    vectors::Word2VecConfig config;
    config.dim = words_.shape(1);
    config.words = matrix_of(words_, config.dim);
    config.skip_gram = skip_gram;
    config.cbow_mean = cbow_mean;
    config.window = window;
    config.shrink_windows = shrink_windows;
    config.threads = threads;
    config.deterministic = deterministic;
    config.compute_loss = compute_loss;
    config.outputs.negative = negative;
    // Vectors side by side make wide output rows.
    const std::size_t wide = concatenate == 0 ? config.dim : config.dim * (concatenate + 2 * std::size_t{window});
    if (negative_rows_) config.outputs.negative_rows = matrix_of(*negative_rows_, wide);
    if (noise_) config.outputs.noise = span_of(*noise_);
    if (node_rows_) config.outputs.node_rows = matrix_of(*node_rows_, wide);
    if (path_offsets_) config.outputs.path_offsets = span_of(*path_offsets_);
    if (points_) config.outputs.points = span_of(*points_);
    if (codes_) config.outputs.codes = span_of(*codes_);
    if (sample_int_) config.sample_int = span_of(*sample_int_);
    if (lock_factors_) config.lock_factors = span_of(*lock_factors_);
    if (bag_rows_) config.bags.rows = matrix_of(*bag_rows_, config.dim);
    if (bag_offsets_) config.bags.offsets = span_of(*bag_offsets_);
    if (bag_parts_) config.bags.parts = span_of(*bag_parts_);
    if (bag_lock_factors_) config.bags.lock_factors = span_of(*bag_lock_factors_);
    if (tags_) config.documents.rows = matrix_of(*tags_, config.dim);
    if (tag_lock_factors_) config.documents.lock_factors = span_of(*tag_lock_factors_);
    config.documents.train_words = train_words;
    config.documents.concatenate = concatenate;
    config.documents.padding = padding;
    config.freeze = freeze;
    trainer_.emplace(config);
  }

  std::tuple<std::uint64_t, std::uint64_t, double> train(const Numbers<std::int32_t>& ids,
                                                         const Numbers<std::int64_t>& offsets, std::uint64_t seed,
                                                         std::uint64_t epoch, std::uint64_t block, double alpha_begin,
                                                         double alpha_end, train::Control& control,
                                                         const std::optional<Numbers<std::int32_t>>& tags,
                                                         const std::optional<Numbers<std::int64_t>>& tag_offsets) {
    const vectors::TextBlock text = block_of(ids, offsets, tags, tag_offsets);
    const nb::gil_scoped_release release;
    const std::lock_guard one_at_a_time(mutex_);
    const vectors::TrainStats stats = trainer_->train(text, {seed, epoch, block}, alpha_begin, alpha_end, control);
    return {stats.words, stats.pairs, stats.loss};
  }

  void infer(const Numbers<std::int32_t>& ids, const Numbers<std::int64_t>& offsets, std::uint64_t seed,
             std::uint64_t epochs, double alpha_begin, double alpha_end, train::Control& control,
             const Numbers<std::int32_t>& tags, const Numbers<std::int64_t>& tag_offsets) {
    const vectors::TextBlock text = block_of(ids, offsets, tags, tag_offsets);
    const nb::gil_scoped_release release;
    const std::lock_guard one_at_a_time(mutex_);
    trainer_->infer(text, seed, epochs, alpha_begin, alpha_end, control);
  }

 private:
  static vectors::TextBlock block_of(const Numbers<std::int32_t>& ids, const Numbers<std::int64_t>& offsets,
                                     const std::optional<Numbers<std::int32_t>>& tags,
                                     const std::optional<Numbers<std::int64_t>>& tag_offsets) {
    vectors::TextBlock text{span_of(ids), span_of(offsets), {}, {}};
    if (tags) text.tags = span_of(*tags);
    if (tag_offsets) text.tag_offsets = span_of(*tag_offsets);
    return text;
  }

  FloatMatrix words_;
  std::optional<FloatMatrix> negative_rows_;
  std::optional<Numbers<double>> noise_;
  std::optional<FloatMatrix> node_rows_;
  std::optional<Numbers<std::int64_t>> path_offsets_;
  std::optional<Numbers<std::int32_t>> points_;
  std::optional<Numbers<std::uint8_t>> codes_;
  std::optional<Numbers<std::uint32_t>> sample_int_;
  std::optional<Numbers<float>> lock_factors_;
  std::optional<FloatMatrix> bag_rows_;
  std::optional<Numbers<std::int64_t>> bag_offsets_;
  std::optional<Numbers<std::uint32_t>> bag_parts_;
  std::optional<Numbers<float>> bag_lock_factors_;
  std::optional<FloatMatrix> tags_;
  std::optional<Numbers<float>> tag_lock_factors_;
  std::mutex mutex_;  // workers have scratch memory of their own: calls of several threads come one after another
  std::optional<vectors::Word2VecTrainer> trainer_;
};

}  // namespace

void register_word2vec(nb::module_& m) {
  nb::class_<Trainer>(m, "Word2VecTrainer")
      .def(nb::init<FloatMatrix, bool, bool, std::uint32_t, bool, std::uint32_t, std::optional<FloatMatrix>,
                    std::optional<Numbers<double>>, std::optional<FloatMatrix>, std::optional<Numbers<std::int64_t>>,
                    std::optional<Numbers<std::int32_t>>, std::optional<Numbers<std::uint8_t>>,
                    std::optional<Numbers<std::uint32_t>>, std::optional<Numbers<float>>, std::optional<FloatMatrix>,
                    std::optional<Numbers<std::int64_t>>, std::optional<Numbers<std::uint32_t>>,
                    std::optional<Numbers<float>>, std::optional<FloatMatrix>, std::optional<Numbers<float>>, bool,
                    std::uint32_t, std::uint32_t, bool, unsigned, bool, bool>(),
           nb::kw_only(), nb::arg("words").noconvert(), nb::arg("skip_gram"), nb::arg("cbow_mean") = true,
           nb::arg("window") = 5, nb::arg("shrink_windows") = true, nb::arg("negative") = 0,
           nb::arg("negative_rows").noconvert() = nb::none(), nb::arg("noise") = nb::none(),
           nb::arg("node_rows").noconvert() = nb::none(), nb::arg("path_offsets") = nb::none(),
           nb::arg("points") = nb::none(), nb::arg("codes") = nb::none(), nb::arg("sample_int") = nb::none(),
           nb::arg("lock_factors") = nb::none(), nb::arg("bag_rows").noconvert() = nb::none(),
           nb::arg("bag_offsets") = nb::none(), nb::arg("bag_parts") = nb::none(),
           nb::arg("bag_lock_factors") = nb::none(), nb::arg("tags").noconvert() = nb::none(),
           nb::arg("tag_lock_factors") = nb::none(), nb::arg("train_words") = true, nb::arg("concatenate") = 0,
           nb::arg("padding") = 0, nb::arg("freeze") = false, nb::arg("threads") = 1, nb::arg("deterministic") = false,
           nb::arg("compute_loss") = false)
      .def("train", &Trainer::train, nb::arg("ids"), nb::arg("offsets"), nb::kw_only(), nb::arg("seed") = 1,
           nb::arg("epoch") = 0, nb::arg("block") = 0, nb::arg("alpha_begin"), nb::arg("alpha_end"), nb::arg("control"),
           nb::arg("tags") = nb::none(), nb::arg("tag_offsets") = nb::none())
      .def("infer", &Trainer::infer, nb::arg("ids"), nb::arg("offsets"), nb::kw_only(), nb::arg("seed") = 1,
           nb::arg("epochs"), nb::arg("alpha_begin"), nb::arg("alpha_end"), nb::arg("control"), nb::arg("tags"),
           nb::arg("tag_offsets"));
}
