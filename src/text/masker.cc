// Aho–Corasick over all forms of all secrets, with output held back only while a form might still be completing.
#include "text/masker.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "text/codec.h"
#include "text/shell_quote.h"

namespace windlass::text {

namespace {

constexpr std::size_t kLeastForm = 3;
constexpr std::size_t kLeastFragment = 5;  // of base64 cut at both ends: a shorter one would hit innocent text
constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // of all forms together: bounds the automaton
constexpr std::string_view kMask = "****";
constexpr std::size_t kLongestWindow = 16;                    // further ahead than this a look pays no more
constexpr unsigned kLeastTableBits = 8, kMostTableBits = 15;  // of the table of shifts: small enough for the cache

std::string_view trimmed(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The part of the base64 text that is the same whatever stands before and after the secret: for each alignment the
/// symbols that depend on the secret alone.
void add_base64(std::string_view secret, std::set<std::string>& out) {
  for (Base64 variant : {Base64::standard, Base64::url}) {
    for (std::size_t offset = 0; offset < 3; ++offset) {
      std::string text = encode_base64(std::string(offset, '\0') + std::string(secret), variant, true);
      // Symbols that mix with bytes before the secret are cut off in front …
      std::size_t skip = offset == 0 ? 0 : offset + 1;
      std::size_t bits = (offset + secret.size()) * 8;
      std::size_t whole = bits / 6;
      std::string middle = skip < whole ? text.substr(skip, whole - skip) : "";
      // … and the last, half-filled one behind, unless the secret ends the data.
      std::size_t least = offset == 0 ? kLeastForm : kLeastFragment;
      auto add = [&](std::string form) {
        if (form.size() >= least) out.insert(std::move(form));
      };
      add(middle);
      add(text.substr(skip));
      std::size_t padding = text.find('=');
      if (padding != text.npos) add(text.substr(skip, padding - skip));
    }
  }
}

void add_forms(std::string_view secret, std::set<std::string>& out) {
  if (secret.size() < kLeastForm) return;
  out.emplace(secret);
  add_base64(secret, out);
  std::string mime = encode_base64(secret, Base64::mime);
  out.insert(mime);
  // The line end behind the last line belongs to whatever comes next.
  out.emplace(trimmed(encode_base64(secret, Base64::chunked)));
  out.insert(encode_form_url(secret));
  out.insert(encode_uri_component(secret));
  std::string lower_url = encode_uri_component(secret);
  for (std::size_t i = 0; i + 2 < lower_url.size(); ++i) {
    if (lower_url[i] != '%') continue;
    for (std::size_t k = 1; k <= 2; ++k) {
      char& c = lower_url[i + k];
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c + 32);
    }
  }
  out.insert(std::move(lower_url));
  out.insert(escape_json(secret));
  // What `set -x` and printf %q print of it: quoted inside single quotes, or backslashed.
  std::string quoted = shell_quote_always(secret);
  out.insert(quoted.substr(1, quoted.size() - 2));
  std::string xtrace;
  std::string backslashed;
  std::string double_quoted;
  for (char c : secret) {
    xtrace += c == '\'' ? "'\"'\"'" : std::string(1, c);
    if (std::string_view(" \t!\"#$&'()*,;<>?[\\]^`{|}~").find(c) != std::string_view::npos) backslashed += '\\';
    backslashed += c;
    if (std::string_view("$`\"\\").find(c) != std::string_view::npos) double_quoted += '\\';
    double_quoted += c;
  }
  out.insert(std::move(xtrace));
  out.insert(std::move(backslashed));
  out.insert(std::move(double_quoted));
  out.insert(encode_hex(secret));
  out.insert(encode_hex(secret, true));
}

}  // namespace

std::vector<std::string> secret_forms(std::string_view secret) {
  std::set<std::string> forms;
  add_forms(secret, forms);
  add_forms(trimmed(secret), forms);
  if (secret.find('\n') != secret.npos) {
    std::string crlf;
    for (char c : secret) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    if (secret.find('\r') == secret.npos) forms.insert(std::move(crlf));
    for (std::size_t start = 0; start < secret.size();) {
      std::size_t end = std::min(secret.find('\n', start), secret.size());
      add_forms(trimmed(secret.substr(start, end - start)), forms);
      start = end + 1;
    }
  }
  std::vector<std::string> out;
  for (const auto& form : forms) {
    if (form.size() >= kLeastForm) out.push_back(form);
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  return out;
}

std::shared_ptr<const SecretSet> SecretSet::make(const std::vector<std::string>& secrets) {
  auto set = std::make_shared<SecretSet>();
  std::set<std::string> forms;
  std::size_t bytes = 0, shortest = kLongestWindow;
  for (const auto& secret : secrets) {
    for (auto& form : secret_forms(secret)) {
      if (bytes + form.size() > kMostBytes) continue;  // of a huge secret the lines remain
      std::size_t size = form.size();
      shortest = std::min(shortest, size);
      if (forms.insert(std::move(form)).second) bytes += size;
    }
  }
  // The trie, with its edges in maps while it grows.
  std::vector<std::map<unsigned char, std::uint32_t>> edges(1);
  set->states_.resize(1);
  for (const auto& form : forms) {
    std::uint32_t state = 0;
    for (char c : form) {
      auto byte = static_cast<unsigned char>(c);
      auto [edge, fresh] = edges[state].emplace(byte, static_cast<std::uint32_t>(edges.size()));
      std::uint32_t next = edge->second;
      if (fresh) {
        std::uint32_t depth = set->states_[state].depth + 1;
        edges.emplace_back();
        set->states_.push_back({0, depth, 0});
      }
      state = next;
    }
    set->states_[state].longest_end = static_cast<std::uint32_t>(form.size());
    set->longest_ = std::max(set->longest_, form.size());
  }
  set->form_count_ = forms.size();
  set->root_edges_.assign(256, 0);
  for (const auto& [byte, state] : edges[0]) set->root_edges_[byte] = state;
  for (const auto& of_state : edges) {
    set->first_edge_.push_back(static_cast<std::uint32_t>(set->edges_.size()));
    set->edges_.insert(set->edges_.end(), of_state.begin(), of_state.end());
  }
  set->first_edge_.push_back(static_cast<std::uint32_t>(set->edges_.size()));
  // Failure links in order of depth.
  std::vector<std::uint32_t> queue{0};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    std::uint32_t state = queue[head];
    for (const auto& [byte, child] : edges[state]) {
      if (state != 0) set->states_[child].fail = set->step(set->states_[state].fail, byte);
      State& reached = set->states_[child];
      reached.longest_end = std::max(reached.longest_end, set->states_[reached.fail].longest_end);
      queue.push_back(child);
    }
  }
  set->make_shifts(forms, shortest);
  return set;
}

/// Wu and Manber's: how far a window of the shortest form's length may move, by its last three bytes. Blocks that share
/// a place in the table share the smaller shift, so a shift is never too far.
void SecretSet::make_shifts(const std::set<std::string>& forms, std::size_t window) {
  if (forms.empty()) return;
  window_ = window;
  const std::size_t blocks = forms.size() * (window - kBlock + 1);
  const unsigned bits =
      std::clamp<unsigned>(static_cast<unsigned>(std::bit_width(blocks)) + 2, kLeastTableBits, kMostTableBits);
  shift_bits_ = 32 - bits;
  shifts_.assign(std::size_t{1} << bits, static_cast<std::uint8_t>(window - kBlock + 1));
  for (const auto& form : forms) {
    for (std::size_t end = kBlock; end <= window; ++end) {
      auto& shift = shifts_[place_of(form.data() + end - kBlock)];
      shift = std::min(shift, static_cast<std::uint8_t>(window - end));
    }
  }
}

std::size_t SecretSet::next_start(std::string_view bytes, std::size_t at) const {
  const char* text = bytes.data() + window_ - kBlock;
  while (at + window_ <= bytes.size()) {
    const std::size_t shift = shifts_[place_of(text + at)];
    if (shift == 0) return at;
    at += shift;
  }
  return at;
}

std::uint32_t SecretSet::step(std::uint32_t state, unsigned char byte) const {
  while (state != 0) {
    auto begin = edges_.begin() + first_edge_[state];
    auto end = edges_.begin() + first_edge_[state + 1];
    auto edge = std::lower_bound(begin, end, byte, [](const auto& e, unsigned char key) { return e.first < key; });
    if (edge != end && edge->first == byte) return edge->second;
    state = states_[state].fail;
  }
  return root_edges_[byte];
}

void Masker::push(std::string_view bytes, std::string& out) {
  if (secrets_ == nullptr || secrets_->empty()) {
    out += bytes;
    return;
  }
  const std::uint64_t begin = position_;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    // Where no form has begun, what cannot begin one is passed over.
    if (state_ == 0) i = secrets_->next_start(bytes, i);
    if (i >= bytes.size()) break;
    state_ = secrets_->step(state_, static_cast<unsigned char>(bytes[i]));
    std::uint64_t length = secrets_->states_[state_].longest_end;
    if (length == 0) continue;
    const std::uint64_t end = begin + i + 1;
    Span span{end - length, end};
    // A later, longer find swallows the earlier ones it overlaps or touches.
    while (!spans_.empty() && spans_.back().end >= span.start) {
      span.start = std::min(span.start, spans_.back().start);
      spans_.pop_back();
    }
    spans_.push_back(span);
  }
  position_ = begin + bytes.size();
  // Whatever lies before the longest form that may still be completing is decided.
  std::uint64_t decided = position_ - secrets_->states_[state_].depth;
  // A form that ends right here is masked whatever follows.
  if (!spans_.empty() && spans_.back().end == position_ && spans_.back().start <= decided) decided = position_;
  decided = std::max(decided, pending_at_);
  if (pending_.empty()) {
    // The usual case: nothing is held back, and most of these bytes need not be copied to be shown.
    pending_ = bytes.substr(emit_until(decided, bytes, out));
  } else {
    pending_ += bytes;
    pending_.erase(0, emit_until(decided, pending_, out));
  }
}

std::string Masker::push(std::string_view bytes) {
  std::string out;
  push(bytes, out);
  return out;
}

/// Shows what stands in `bytes`, which begin at pending_at_, before `limit`; returns how many bytes that were.
std::size_t Masker::emit_until(std::uint64_t limit, std::string_view bytes, std::string& out) {
  std::size_t used = 0;
  std::size_t done = 0;
  auto take = [&](std::uint64_t until) {
    std::size_t count = static_cast<std::size_t>(until - pending_at_);
    pending_at_ = until;
    used += count;
    return bytes.substr(used - count, count);
  };
  for (; done < spans_.size(); ++done) {
    Span& span = spans_[done];
    if (span.start >= limit) break;
    if (span.start > pending_at_) {
      out += take(span.start);
      masking_ = false;
    }
    if (!masking_) out += kMask;
    masking_ = true;
    std::uint64_t until = std::min(span.end, limit);
    if (until > pending_at_) take(until);
    if (span.end > limit) {
      span.start = limit;
      break;
    }
  }
  spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(done));
  if (limit > pending_at_) {
    out += take(limit);
    masking_ = false;
  }
  return used;
}

void Masker::flush(std::string& out) {
  emit_until(position_, pending_, out);
  pending_.clear();
  state_ = 0;
  masking_ = false;
  spans_.clear();
}

std::string Masker::flush() {
  std::string out;
  flush(out);
  return out;
}

std::string mask_all(const SecretSet& secrets, std::string_view text) {
  // The set is only borrowed for this call.
  Masker masker(std::shared_ptr<const SecretSet>(std::shared_ptr<const SecretSet>(), &secrets));
  std::string out;
  masker.push(text, out);
  masker.flush(out);
  return out;
}

}  // namespace windlass::text
