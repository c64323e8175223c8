// Secrets out of streams: every occurrence of a secret, or of a usual encoding of it, becomes `****`.
//
// Not a policy: which secrets are too short to be masked is the caller's matter (forms under 3 bytes are ignored here).
// Invariant: bytes that are no part of a secret come out unchanged and in order; how the input is cut into pushes never
// changes the output. Held back is at most one byte less than the longest form. Source: threats T33, T34.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::text {

/// All forms of a secret that are searched for: raw, trimmed, per line, base64 (three alignments, both alphabets, with
/// and without padding), URL encoded, JSON escaped, shell quoted, hex. Longest first, without duplicates.
std::vector<std::string> secret_forms(std::string_view secret);

/// The search automaton for a set of secrets: immutable, shared by any number of streams and threads.
class SecretSet {
 public:
  static std::shared_ptr<const SecretSet> make(const std::vector<std::string>& secrets);
  [[nodiscard]] bool empty() const { return form_count_ == 0; }
  [[nodiscard]] std::size_t longest() const { return longest_; }

 private:
  friend class Masker;
  struct State {
    std::uint32_t fail = 0;
    std::uint32_t depth = 0;
    std::uint32_t longest_end = 0;  // length of the longest form that ends here, 0 = none
  };
  static constexpr std::size_t kBlock = 3;  ///< of the shortest form there is
  [[nodiscard]] std::uint32_t step(std::uint32_t state, unsigned char byte) const;
  void make_shifts(const std::set<std::string>& forms, std::size_t window);
  /// The first place from `at` on where a form may begin: none begins before it. What is too near to the end to be told
  /// begins there.
  [[nodiscard]] std::size_t next_start(std::string_view bytes, std::size_t at) const;
  [[nodiscard]] std::size_t place_of(const char* block) const {
    const auto at = [block](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(block[i])); };
    return ((at(0) | at(1) << 8 | at(2) << 16) * 2654435761U) >> shift_bits_;
  }
  std::vector<State> states_;
  std::vector<std::uint32_t> first_edge_;  // per state, into edges_; size states + 1
  std::vector<std::pair<unsigned char, std::uint32_t>> edges_;
  std::vector<std::uint32_t> root_edges_;  // 256
  std::vector<std::uint8_t> shifts_;       // by place_of() of a window's last block
  std::size_t window_ = 0;                 // of the shortest form's length, within bounds
  unsigned shift_bits_ = 0;
  std::size_t longest_ = 0;
  std::size_t form_count_ = 0;
};

/// One stream. Overlapping and touching occurrences of forms are united into one `****`.
class Masker {
 public:
  explicit Masker(std::shared_ptr<const SecretSet> secrets) : secrets_(std::move(secrets)) {}

  /// Appends what is safe to show to `out`.
  void push(std::string_view bytes, std::string& out);
  std::string push(std::string_view bytes);
  /// The end of the stream (or a forced flush): shows what was held back, and starts afresh.
  void flush(std::string& out);
  std::string flush();
  [[nodiscard]] std::size_t held_back() const { return pending_.size(); }

 private:
  struct Span {
    std::uint64_t start;
    std::uint64_t end;
  };
  std::size_t emit_until(std::uint64_t limit, std::string_view bytes, std::string& out);

  std::shared_ptr<const SecretSet> secrets_;
  std::string pending_;           // bytes not yet shown
  std::uint64_t pending_at_ = 0;  // stream offset of pending_[0]
  std::uint64_t position_ = 0;    // stream offset after the last byte seen
  std::uint32_t state_ = 0;
  std::vector<Span> spans_;  // disjoint, ascending, not before pending_at_
  bool masking_ = false;     // the last thing shown was `****` and ends at pending_at_
};

/// A whole text at once.
std::string mask_all(const SecretSet& secrets, std::string_view text);

}  // namespace windlass::text
