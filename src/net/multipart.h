// multipart/form-data as it comes: bytes in, parts out, nothing kept but what may be the beginning of a boundary. Pure.
//
// Bounded: heads of parts, their number, what stands in front of the first one. Source: RFC 7578, RFC 2046.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace windlass::net {

struct FormPart {
  std::string name;
  std::optional<std::string> file_name;  ///< as the client wrote it; nothing: a field
};

class MultipartReader {
 public:
  /// From the Content-Type of the request. Errors: invalid, with what is wrong.
  static Result<MultipartReader> make(std::string_view content_type);

  /// What happens next in the form.
  struct Event {
    enum class Kind : unsigned char { part, bytes, part_end } kind;
    const FormPart* part = nullptr;  ///< of `part`; lives until its part_end
    std::string_view bytes = {};     ///< of `bytes`, never empty
  };

  /// Takes all of `bytes`. Errors: invalid. Nothing more may be fed then.
  Result<> feed(std::string_view bytes);
  /// The next event of what was fed; nothing: more is needed. Its views hold until the next call of feed() or next().
  Result<std::optional<Event>> next();
  /// The form's last boundary was seen; what stands behind it is nothing.
  [[nodiscard]] bool is_over() const { return state_ == State::over; }

 private:
  enum class State : unsigned char { preamble, boundary, head, body, over };
  explicit MultipartReader(std::string boundary);
  Result<std::optional<Event>> step(bool& is_stuck);
  Result<> read_head(std::string_view head);

  std::string delimiter_;  ///< with the line break in front of it
  std::string buffer_;
  std::size_t at_ = 0;  ///< of buffer_, taken
  State state_ = State::preamble;
  FormPart part_;
  std::size_t parts_ = 0;
};

}  // namespace windlass::net
