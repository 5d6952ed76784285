#include "tokenspace/added_tokens.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "token_matcher.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

const char* previous_code_point(const char* begin, const char* p) {
  do --p;
  while (p > begin && utf8::is_continuation(static_cast<unsigned char>(*p)));
  return p;
}

bool ends_with_word(std::string_view text) {
  if (text.empty()) return false;
  const char* p = previous_code_point(text.data(), text.data() + text.size());
  return unicode::is_word(utf8::decode_unchecked(p));
}

bool starts_with_word(std::string_view text) {
  if (text.empty()) return false;
  const char* p = text.data();
  return unicode::is_word(utf8::decode_unchecked(p));
}

// Where the white space that ends at `end` begins, not before `limit`.
std::size_t white_space_begin(std::string_view text, std::size_t limit, std::size_t end) {
  while (end > limit) {
    const char* p = previous_code_point(text.data() + limit, text.data() + end);
    const auto begin = static_cast<std::size_t>(p - text.data());
    if (!unicode::is_white_space(utf8::decode_unchecked(p))) break;
    end = begin;
  }
  return end;
}

std::size_t white_space_end(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const char* p = text.data() + begin;
    if (!unicode::is_white_space(utf8::decode_unchecked(p))) break;
    begin = static_cast<std::size_t>(p - text.data());
  }
  return begin;
}

void append_flag(std::string& out, std::string_view name, bool value) {
  out.append(",\"").append(name).append(value ? "\":true" : "\":false");
}

}  // namespace

struct AddedTokens::Impl {
  struct Slot {
    AddedToken token;
    // What decoding gives when it is not the content: the normalized form of a token that was normalized on the way in.
    // It stays when the same content is added again with normalized = false, as in the reference.
    std::optional<std::string> normalized_form;
    const std::string& text() const { return normalized_form ? *normalized_form : token.content; }
  };
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> ids;
  std::map<std::uint32_t, Slot> slots;  // ordered: json() and equal patterns go by ascending id
  std::unordered_set<std::string, TextHash, std::equal_to<>> specials;

  struct Rule {  // a slot as matching needs it
    std::uint32_t id;
    const AddedToken* token;
    bool special;  // by content: a content once special stays so
  };
  std::vector<Rule> rules;
  TokenMatcher raw{{}};
  TokenMatcher normalized{{}};

  std::size_t add(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer);
  void build_matchers();
  void find_matches(std::string_view text, const TokenMatcher& matcher, SpecialPolicy policy,
                    std::vector<Segment>& out) const;
  template <class Accept>
  void for_each_match(std::string_view text, const TokenMatcher& matcher, Accept accept) const;
};

std::size_t AddedTokens::Impl::add(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer) {
  const auto vocab_size = static_cast<std::uint32_t>(model.vocab_size());
  std::uint32_t next_id = vocab_size;
  if (!slots.empty()) {
    const std::uint32_t largest = slots.rbegin()->first;
    if (largest >= vocab_size || vocab_size == 0) next_id = largest + 1;
  }
  std::size_t added = 0;
  for (Entry& entry : entries) {
    AddedToken& token = entry.token;
    if (token.content.empty()) continue;
    const auto known = ids.find(token.content);
    if (known != ids.end()) {
      const auto slot = slots.find(known->second);
      if (slot != slots.end()) {
        const AddedToken& old = slot->second.token;
        if (old.content == token.content && old.single_word == token.single_word && old.lstrip == token.lstrip &&
            old.rstrip == token.rstrip && old.normalized == token.normalized && old.special == token.special) {
          continue;
        }
      }
    }
    ++added;
    std::uint32_t id = 0;
    if (entry.honour_id) {
      id = *entry.honour_id;
      if (id >= next_id && id != UINT32_MAX) next_id = id + 1;
    } else if (known != ids.end()) {
      id = known->second;
    } else if (const auto in_model = model.token_to_id(token.content)) {
      id = *in_model;
    } else {
      if (next_id == UINT32_MAX) {
        fail(ErrorKind::limit, "add tokens", "ids below 4294967295",
             "no id left for the added token \"" + token.content + '"');
      }
      id = next_id++;
    }
    std::optional<std::string> form;
    if (token.normalized && normalizer != nullptr) {
      AlignedText text(token.content);
      normalizer->normalize(text);
      if (text.normalized() != token.content) form = std::string(text.normalized());
    }
    ids[token.content] = id;
    if (token.special) specials.insert(token.content);
    Slot& slot = slots[id];
    if (form) slot.normalized_form = std::move(form);
    slot.token = std::move(token);
  }
  build_matchers();
  return added;
}

void AddedTokens::Impl::build_matchers() {
  std::vector<std::pair<std::string_view, std::uint32_t>> raw_patterns;
  std::vector<std::pair<std::string_view, std::uint32_t>> normalized_patterns;
  rules.clear();
  for (const auto& [id, slot] : slots) {
    const auto rule = static_cast<std::uint32_t>(rules.size());
    rules.push_back({id, &slot.token, specials.contains(slot.token.content)});
    if (slot.token.normalized) {
      normalized_patterns.emplace_back(slot.text(), rule);
    } else {
      raw_patterns.emplace_back(slot.token.content, rule);
    }
  }
  raw = TokenMatcher(raw_patterns);
  normalized = TokenMatcher(normalized_patterns);
}

template <class Accept>
void AddedTokens::Impl::for_each_match(std::string_view text, const TokenMatcher& matcher, Accept accept) const {
  TokenMatcher::Match match;
  if (matcher.empty_value() == TokenMatcher::kNone) {
    for (std::size_t from = 0; matcher.find(text, from, match); from = match.end) accept(match);
    return;
  }
  // A token whose normalized form is empty matches between any two characters, save right after a longer match.
  bool after_match = false;
  for (std::size_t at = 0; at <= text.size();) {
    if (at < text.size() && matcher.find_at(text, at, match)) {
      accept(match);
      at = match.end;
      after_match = true;
      continue;
    }
    if (!after_match) {
      accept({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at), matcher.empty_value()});
    }
    after_match = false;
    at += at < text.size() ? utf8::sequence_length(static_cast<unsigned char>(text[at])) : 1;
  }
}

// Appends segments covering the text. The order of the checks is the reference's: a match refused by single_word is
// given up, not tried again shorter; white space swallowed by rstrip may still be matched by the next token.
void AddedTokens::Impl::find_matches(std::string_view text, const TokenMatcher& matcher, SpecialPolicy policy,
                                     std::vector<Segment>& out) const {
  std::size_t covered = 0;
  std::size_t space_from = 1, space_to = 0;  // the last run rstrip swallowed, so that a long run is read once
  for_each_match(text, matcher, [&](const TokenMatcher::Match& match) {
    look_up();
    const Rule& rule = rules[match.value];
    if (rule.special && policy == SpecialPolicy::as_text) return;
    std::size_t begin = match.begin;
    std::size_t end = match.end;
    if (rule.token->single_word && ((begin > 0 && ends_with_word(text.substr(0, begin))) ||
                                    (end < text.size() && starts_with_word(text.substr(end))))) {
      return;
    }
    if (rule.special && policy == SpecialPolicy::error) {
      fail(ErrorKind::special_token, "encode", "text without special tokens",
           "the special token \"" + rule.token->content + "\" at byte " + std::to_string(begin),
           "special_tokens=\"allow\" to take it as its id or special_tokens=\"as_text\" to take it as ordinary text");
    }
    if (rule.token->lstrip) begin = std::max(covered, white_space_begin(text, std::min(covered, begin), begin));
    if (rule.token->rstrip) {
      if (end < space_from || end > space_to) {
        space_from = end;
        space_to = white_space_end(text, end);
      }
      end = space_to;
    }
    // Two tokens that both swallow the same white space; the reference panics here.
    if (begin > end) return;
    if (covered < begin) out.push_back({{static_cast<std::uint32_t>(covered), static_cast<std::uint32_t>(begin)}});
    out.push_back({{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, true, rule.id});
    covered = end;
  });
  if (covered != text.size()) {
    out.push_back({{static_cast<std::uint32_t>(covered), static_cast<std::uint32_t>(text.size())}});
  }
}

AddedTokens::AddedTokens() : impl_(std::make_shared<const Impl>()) {}

AddedTokens::AddedTokens(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer) {
  auto impl = std::make_shared<Impl>();
  impl->add(std::move(entries), model, normalizer);
  impl_ = std::move(impl);
}

AddedTokens AddedTokens::extended(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer,
                                  std::size_t* added) const {
  auto impl = std::make_shared<Impl>();
  impl->ids = impl_->ids;
  impl->slots = impl_->slots;
  impl->specials = impl_->specials;
  const std::size_t count = impl->add(std::move(entries), model, normalizer);
  if (added != nullptr) *added = count;
  AddedTokens result;
  result.impl_ = std::move(impl);
  return result;
}

bool AddedTokens::empty() const {
  return impl_->slots.empty();
}

std::optional<std::uint32_t> AddedTokens::token_to_id(std::string_view content) const {
  const auto found = impl_->ids.find(content);
  if (found == impl_->ids.end()) return std::nullopt;
  return found->second;
}

const std::string* AddedTokens::id_to_token(std::uint32_t id) const {
  const auto found = impl_->slots.find(id);
  return found == impl_->slots.end() ? nullptr : &found->second.text();
}

const AddedToken* AddedTokens::find(std::uint32_t id) const {
  const auto found = impl_->slots.find(id);
  return found == impl_->slots.end() ? nullptr : &found->second.token;
}

bool AddedTokens::is_special(std::string_view content) const {
  return impl_->specials.contains(content);
}

bool AddedTokens::is_special_id(std::uint32_t id) const {
  const std::string* text = id_to_token(id);
  return text != nullptr && is_special(*text);
}

std::vector<std::pair<std::uint32_t, AddedToken>> AddedTokens::sorted_by_id() const {
  std::vector<std::pair<std::uint32_t, AddedToken>> result;
  result.reserve(impl_->slots.size());
  for (const auto& [id, slot] : impl_->slots) result.emplace_back(id, slot.token);
  return result;
}

std::uint32_t AddedTokens::id_bound() const {
  return impl_->slots.empty() ? 0 : impl_->slots.rbegin()->first + 1;
}

bool AddedTokens::has_normalized() const {
  return impl_->normalized.has_patterns() || impl_->normalized.empty_value() != TokenMatcher::kNone;
}

bool AddedTokens::split_raw(std::string_view text, SpecialPolicy policy, std::vector<Segment>& out) const {
  if (text.empty()) return false;
  const std::size_t before = out.size();
  impl_->find_matches(text, impl_->raw, policy, out);
  return out.size() != before + 1 || out.back().added;
}

bool AddedTokens::split_normalized(std::string_view part, SpecialPolicy policy, std::vector<Segment>& out) const {
  if (part.empty()) return false;
  const std::size_t before = out.size();
  impl_->find_matches(part, impl_->normalized, policy, out);
  return out.size() != before + 1 || out.back().added;
}

void AddedTokens::extract_and_normalize(std::string_view text, const Normalizer* normalizer, SpecialPolicy policy,
                                        std::vector<Piece>& out) const {
  std::vector<Segment> raw;
  std::vector<Segment> inner;
  split_raw(text, policy, raw);
  for (const Segment& segment : raw) {
    AlignedText part(text.substr(segment.span.begin, segment.span.size()), segment.span.begin);
    if (segment.added) {
      // Nothing is left of a token whose white space the one before it took (lstrip and rstrip).
      if (segment.span.size() > 0) out.push_back({std::move(part), true, segment.id});
      continue;
    }
    if (normalizer != nullptr) normalizer->normalize(part);
    if (part.empty()) continue;
    if (!has_normalized()) {
      // Slicing the whole is not the identity after a normalizer: it narrows the original range to what is left.
      out.push_back({normalizer == nullptr ? std::move(part)
                                           : part.slice({0, static_cast<std::uint32_t>(part.normalized().size())})});
      continue;
    }
    inner.clear();
    try {
      impl_->find_matches(part.normalized(), impl_->normalized, policy, inner);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::special_token) throw;
      throw Error(error.kind(), std::string(error.what()) + " (of the normalized text that begins at byte " +
                                    std::to_string(segment.span.begin) + " of the original)");
    }
    for (const Segment& found : inner) {
      if (found.span.size() == 0) continue;
      out.push_back({part.slice(found.span), found.added, found.id});
    }
  }
}

std::string AddedTokens::json() const {
  std::string out = "[";
  for (const auto& [id, slot] : impl_->slots) {
    if (out.size() > 1) out.push_back(',');
    out.append("{\"id\":").append(std::to_string(id)).append(",\"content\":");
    append_json_string(out, slot.token.content);
    append_flag(out, "single_word", slot.token.single_word);
    append_flag(out, "lstrip", slot.token.lstrip);
    append_flag(out, "rstrip", slot.token.rstrip);
    append_flag(out, "normalized", slot.token.normalized);
    append_flag(out, "special", slot.token.special);
    out.push_back('}');
  }
  out.push_back(']');
  return out;
}

std::vector<AddedTokens::Entry> added_tokens_from_json(Json array) {
  std::vector<AddedTokens::Entry> entries;
  if (!array.present()) return entries;
  if (!array.is_array()) {
    fail(ErrorKind::format, "read " + array.document_name(), "an array of added tokens",
         "another value at byte " + std::to_string(array.position()));
  }
  entries.reserve(array.size());
  for (auto it = array.begin(); it; it.next()) {
    const Json item = it.value();
    AddedTokens::Entry entry;
    (void)item.at("id").as_u32();  // must be there and an id, but the reference assigns its own
    entry.token.content = std::string(item.at("content").as_string());
    entry.token.single_word = item.at("single_word").as_bool();
    entry.token.lstrip = item.at("lstrip").as_bool();
    entry.token.rstrip = item.at("rstrip").as_bool();
    entry.token.normalized = item.at("normalized").as_bool();
    entry.token.special = item.at("special").as_bool();
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace tokenspace
