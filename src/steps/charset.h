// Encodings that steps name: text of the script (UTF-8) to and from bytes of files. Names are Java's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace windlass::steps {

/// Bytes as text; what is no text in that encoding becomes U+FFFD. An empty name is UTF-8. Nothing: no such encoding.
std::optional<std::string> decode_charset(std::string_view bytes, std::string_view charset);
/// The same for a stream that comes in pieces: a character that is cut in two waits for its rest.
class CharsetStream {
 public:
  /// Null: no such encoding, or UTF-8, which needs none.
  static std::unique_ptr<CharsetStream> open(std::string_view charset);
  ~CharsetStream();
  CharsetStream(const CharsetStream&) = delete;
  CharsetStream& operator=(const CharsetStream&) = delete;

  std::string push(std::string_view bytes);
  /// The end: what never became a character.
  std::string finish();
  /// Bytes that were pushed and are in no text yet.
  [[nodiscard]] std::size_t held_back() const { return rest_.size(); }

 private:
  explicit CharsetStream(void* handle) : handle_(handle) {}
  void* handle_;  ///< iconv_t
  std::string rest_;
};

/// Text as bytes; what the encoding lacks becomes `?`. Nothing: no such encoding.
std::optional<std::string> encode_charset(std::string_view text, std::string_view charset);

}  // namespace windlass::steps
