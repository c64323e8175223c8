// The writing half of toml.h: plain members, then tables, then arrays of tables.
#include <algorithm>
#include <cmath>

#include "data/base64.h"
#include "data/number_text.h"
#include "data/toml.h"
#include "data/utf8.h"

namespace windlass::data {

namespace {

constexpr std::uint32_t kMaxWriteDepth = 128;

bool is_bare(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const std::uint32_t c = point.valid && !is_surrogate(point.value) ? point.value : 0xFFFD;
    constexpr std::string_view kValues = "\b\t\n\f\r\"\\";
    const std::size_t named = c < 0x80 ? kValues.find(static_cast<char>(c)) : std::string_view::npos;
    if (named != std::string_view::npos) {
      out += '\\';
      out += "btnfr\"\\"[named];
    } else if (c < 0x20 || c == 0x7F) {
      constexpr char kHex[] = "0123456789ABCDEF";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      append_utf8(out, c);
    }
    at += point.size;
  }
  return out + "\"";
}

std::string key_text(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), is_bare) ? key : quote(key);
}

bool is_table_array(const Value& value) {
  return value.is_list() && value.size() > 0 &&
         std::all_of(value.items().begin(), value.items().end(), [](const Value& item) { return item.has_members(); });
}

class Writer {
 public:
  Result<std::string> run(const Value& root) {
    WL_CHECK_OK(table(root, "", 0));
    return std::move(out_);
  }

 private:
  // Recursion is bounded by kMaxWriteDepth.
  Result<void> table(const Value& value, const std::string& path, std::uint32_t depth) {
    if (depth > kMaxWriteDepth) return fail(ErrorKind::exhausted, "writing TOML: nested deeper than 128");
    for (const auto& entry : value.members()) {
      if (entry.value.is_null() || entry.value.has_members() || is_table_array(entry.value)) continue;
      out_ += key_text(entry.key) + " = ";
      WL_CHECK_OK(inline_value(entry.value, depth + 1));
      out_ += "\n";
    }
    for (const auto& entry : value.members()) {
      const std::string name = path.empty() ? key_text(entry.key) : path + "." + key_text(entry.key);
      if (entry.value.has_members()) {
        heading("[" + name + "]");
        WL_CHECK_OK(table(entry.value, name, depth + 1));
      } else if (is_table_array(entry.value)) {
        for (const auto& item : entry.value.items()) {
          heading("[[" + name + "]]");
          WL_CHECK_OK(table(item, name, depth + 1));
        }
      }
    }
    return {};
  }

  void heading(const std::string& text) { out_ += (out_.empty() ? "" : "\n") + text + "\n"; }

  Result<void> inline_value(const Value& value, std::uint32_t depth) {
    if (depth > kMaxWriteDepth) return fail(ErrorKind::exhausted, "writing TOML: nested deeper than 128");
    switch (value.kind()) {
      case Kind::null:
        out_ += "\"\"";
        return {};
      case Kind::boolean:
        out_ += value.as_bool() ? "true" : "false";
        return {};
      case Kind::integer:
      case Kind::long_integer:
        out_ += std::to_string(value.as_int());
        return {};
      case Kind::big_integer:
        out_ += value.text();
        return {};
      case Kind::decimal:
        out_ += decimal(value.text());
        return {};
      case Kind::real: {
        const double number = value.as_double();
        out_ += std::isnan(number) ? "nan" : std::isinf(number) ? (number < 0 ? "-inf" : "inf") : format_double(number);
        return {};
      }
      case Kind::string:
        out_ += quote(value.text());
        return {};
      case Kind::bytes:
        out_ += quote(encode_base64(value.text()));
        return {};
      case Kind::list: {
        out_ += "[";
        bool first = true;
        for (const auto& item : value.items()) {
          if (!first) out_ += ", ";
          first = false;
          WL_CHECK_OK(inline_value(item, depth + 1));
        }
        out_ += "]";
        return {};
      }
      case Kind::map:
      case Kind::object: {
        out_ += "{";
        bool first = true;
        for (const auto& entry : value.members()) {
          if (entry.value.is_null()) continue;
          out_ += (first ? "" : ", ") + key_text(entry.key) + " = ";
          first = false;
          WL_CHECK_OK(inline_value(entry.value, depth + 1));
        }
        out_ += "}";
        return {};
      }
    }
    return {};
  }

  // A decimal without point or exponent would read back as an integer.
  static std::string decimal(const std::string& text) {
    return text.find_first_of(".eE") == std::string::npos ? text + ".0" : text;
  }

  std::string out_;
};

}  // namespace

Result<std::string> format_toml(const Value& table) {
  if (!table.has_members()) {
    return fail(ErrorKind::invalid, "writing TOML: expected a map, found " + std::string(to_string(table.kind())));
  }
  return Writer().run(table);
}

}  // namespace windlass::data
