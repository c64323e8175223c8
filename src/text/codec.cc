// Byte encodings; see the header.
#include "text/codec.h"

#include <algorithm>
#include <cstdint>

namespace windlass::text {

namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int base64_value(char c, bool url, bool standard) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if ((c == '+' && standard) || (c == '-' && url)) return 62;
  if ((c == '/' && standard) || (c == '_' && url)) return 63;
  return -1;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

void append_percent(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

/// Collects sixes of bits into bytes.
class Bits {
 public:
  void add(int six, std::string& out) {
    held_ = held_ << 6 | static_cast<std::uint32_t>(six);
    count_ += 6;
    if (count_ < 8) return;
    count_ -= 8;
    out.push_back(static_cast<char>(held_ >> count_));
  }
  [[nodiscard]] int leftover() const { return count_; }

 private:
  std::uint32_t held_ = 0;
  int count_ = 0;
};

}  // namespace

std::string encode_base64(std::string_view bytes, Base64 variant, bool padding) {
  const auto alphabet = variant == Base64::url ? kUrl : kStandard;
  const bool lines = variant == Base64::mime || variant == Base64::chunked;
  const std::string_view line_end = variant == Base64::mime ? "\r\n" : "\n";
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  auto* to = out.data();
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    const auto group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    for (unsigned k = 0; k < 4; ++k) to[k] = alphabet[group >> (18 - 6 * k) & 63];
  }
  if (const auto left = bytes.size() - i; left > 0) {
    const auto group = at(i) << 16 | (left == 2 ? at(i + 1) << 8 : 0U);
    for (unsigned k = 0; k <= left; ++k) to[k] = alphabet[group >> (18 - 6 * k) & 63];
    if (!padding) out.resize(out.size() - (3 - left));
  }
  if (!lines) return out;
  std::string text;
  text.reserve(out.size() + out.size() / 38 + 2);
  constexpr std::size_t kColumns = 76;
  for (std::size_t begin = 0; begin < out.size(); begin += kColumns) {
    if (begin > 0) text += line_end;
    text.append(out, begin, kColumns);
  }
  if (variant == Base64::chunked && !text.empty()) text += line_end;
  return text;
}

Result<std::string> decode_base64(std::string_view text, Base64 variant) {
  bool lines = variant == Base64::mime || variant == Base64::chunked;
  std::string out;
  Bits bits;
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (lines && base64_value(c, false, true) < 0 && c != '=') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    int value = base64_value(c, variant == Base64::url, variant != Base64::url);
    if (value < 0 || padding > 0) {
      return fail(ErrorKind::invalid, "invalid base64: unexpected character at offset " + std::to_string(i));
    }
    ++symbols;
    bits.add(value, out);
  }
  bool padded_right = padding == 0 || (padding <= 2 && (symbols + padding) % 4 == 0);
  if (symbols % 4 == 1 || !padded_right)
    return fail(ErrorKind::invalid, "invalid base64: it ends in the middle of a group");
  return out;
}

std::string decode_base64_lenient(std::string_view text) {
  std::string out;
  Bits bits;
  for (char c : text) {
    if (c == '=') break;
    int value = base64_value(c, true, true);
    if (value >= 0) bits.add(value, out);
  }
  return out;
}

std::string encode_hex(std::string_view bytes, bool upper) {
  std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

Result<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorKind::invalid, "invalid hex: an odd number of digits");
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = hex_value(text[i]);
    int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorKind::invalid, "invalid hex: no digit near offset " + std::to_string(i));
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

std::string encode_form_url(std::string_view utf8) {
  std::string out;
  for (char c : utf8) {
    if (is_alnum(c) || c == '.' || c == '-' || c == '*' || c == '_')
      out.push_back(c);
    else if (c == ' ')
      out.push_back('+');
    else
      append_percent(out, c);
  }
  return out;
}

Result<std::string> decode_form_url(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return fail(ErrorKind::invalid, "URLDecoder: Incomplete trailing escape (%) pattern");
      int high = hex_value(text[i + 1]);
      int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) {
        return fail(ErrorKind::invalid,
                    "URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: \"" +
                        std::string(text.substr(i + 1, 2)) + "\"");
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

std::string encode_uri_component(std::string_view utf8) {
  std::string out;
  for (char c : utf8) {
    if (is_alnum(c) || c == '.' || c == '-' || c == '~' || c == '_')
      out.push_back(c);
    else
      append_percent(out, c);
  }
  return out;
}

std::string escape_json(std::string_view utf8) {
  std::string out;
  for (char c : utf8) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00" + encode_hex(std::string_view(&c, 1));
        } else {
          out.push_back(c);
        }
    }
  }
  return out;
}

}  // namespace windlass::text
