#include "steps/charset.h"

#include <algorithm>
#include <cerrno>
#include <iconv.h>

#include "text/utf.h"

namespace windlass::steps {

namespace {

std::string canonical(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c != '_' && c != '-') out += c;
  }
  return out;
}

bool is_utf8(const std::string& name) { return name.empty() || name == "UTF8"; }

// What iconv might take for more than a name ("//TRANSLIT") is no charset.
std::optional<std::string> iconv_name(std::string_view charset, bool decoding) {
  const bool plain = std::all_of(charset.begin(), charset.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  });
  if (!plain || charset.empty() || charset.size() > 40) return std::nullopt;
  const auto name = canonical(charset);
  if (name == "LATIN1") return "ISO-8859-1";
  if (name == "ASCII") return "US-ASCII";
  // Java writes UTF-16 as big endian with a mark; iconv would use the machine's order.
  if (name == "UTF16" && !decoding) return "UTF-16BE";
  return std::string(charset);
}

struct Converter {
  iconv_t handle;
  Converter(const char* to, const char* from) : handle(::iconv_open(to, from)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (valid()) ::iconv_close(handle);
  }
  [[nodiscard]] bool valid() const { return handle != reinterpret_cast<iconv_t>(-1); }
};

// `skip` is how many input bytes an unusable part has.
std::string convert(Converter& converter, std::string_view in, std::string_view replacement, bool input_is_utf8) {
  std::string out;
  std::string source(in);
  char* at = source.data();
  std::size_t left = source.size();
  char buffer[16384];
  while (left > 0) {
    char* to = buffer;
    std::size_t room = sizeof buffer;
    const auto done = ::iconv(converter.handle, &at, &left, &to, &room);
    const int why = done == static_cast<std::size_t>(-1) ? errno : 0;
    out.append(buffer, sizeof buffer - room);
    if (why == 0 || why == E2BIG) continue;
    out += replacement;
    std::size_t skip = 1;
    if (input_is_utf8) {
      while (skip < left && (static_cast<unsigned char>(at[skip]) & 0xC0U) == 0x80U) ++skip;
    }
    at += skip;
    left -= skip;
  }
  char* to = buffer;
  std::size_t room = sizeof buffer;
  ::iconv(converter.handle, nullptr, nullptr, &to, &room);
  out.append(buffer, sizeof buffer - room);
  return out;
}

}  // namespace

std::optional<std::string> decode_charset(std::string_view bytes, std::string_view charset) {
  if (is_utf8(canonical(charset))) return text::repair_utf8(bytes);
  auto name = iconv_name(charset, true);
  if (!name) return std::nullopt;
  if (canonical(*name) == "UTF16" && !bytes.starts_with("\xFE\xFF") && !bytes.starts_with("\xFF\xFE"))
    name = "UTF-16BE";
  Converter converter("UTF-8", name->c_str());
  if (!converter.valid()) return std::nullopt;
  return convert(converter, bytes, "\xEF\xBF\xBD", false);
}

std::unique_ptr<CharsetStream> CharsetStream::open(std::string_view charset) {
  if (is_utf8(canonical(charset))) return nullptr;
  auto name = iconv_name(charset, true);
  if (!name) return nullptr;
  auto* handle = ::iconv_open("UTF-8", name->c_str());
  if (handle == reinterpret_cast<iconv_t>(-1)) return nullptr;
  return std::unique_ptr<CharsetStream>(new CharsetStream(handle));
}

CharsetStream::~CharsetStream() { ::iconv_close(static_cast<iconv_t>(handle_)); }

std::string CharsetStream::push(std::string_view bytes) {
  rest_ += bytes;
  std::string out;
  char* at = rest_.data();
  std::size_t left = rest_.size();
  char buffer[16384];
  while (left > 0) {
    char* to = buffer;
    std::size_t room = sizeof buffer;
    const auto done = ::iconv(static_cast<iconv_t>(handle_), &at, &left, &to, &room);
    const int why = done == static_cast<std::size_t>(-1) ? errno : 0;
    out.append(buffer, sizeof buffer - room);
    if (why == 0 || why == E2BIG) continue;
    if (why == EINVAL) break;
    out += "\xEF\xBF\xBD";
    ++at;
    --left;
  }
  rest_.erase(0, rest_.size() - left);
  return out;
}

std::string CharsetStream::finish() {
  std::string out;
  if (!rest_.empty()) out = "\xEF\xBF\xBD";
  rest_.clear();
  return out;
}

std::optional<std::string> encode_charset(std::string_view text, std::string_view charset) {
  std::string clean =
      text::is_valid_utf8(text) ? std::string(text) : text::utf16_to_utf8_strict(text::utf8_to_utf16(text));
  if (is_utf8(canonical(charset))) return clean;
  const auto name = iconv_name(charset, false);
  if (!name) return std::nullopt;
  Converter converter(name->c_str(), "UTF-8");
  if (!converter.valid()) return std::nullopt;
  auto out = convert(converter, clean, "?", true);
  if (canonical(charset) == "UTF16") out.insert(0, "\xFE\xFF");
  return out;
}

}  // namespace windlass::steps
