#include "casc/variables.h"

#include "data/base64.h"
#include "data/xml.h"

namespace windlass::casc {
namespace {

constexpr int kMostNested = 10;
constexpr std::size_t kMostBytes = 1024 * 1024;

/// The '}' that closes the expression whose content begins at `from`.
std::size_t close_of(std::string_view text, std::size_t from) {
  int open = 1;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) {
      ++open;
      ++at;
    } else if (text[at] == '}' && --open == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

class Expander {
 public:
  Expander(const Sources& sources, std::vector<std::string>& unknown) : sources_(sources), unknown_(unknown) {}

  Result<std::string> expand(std::string_view text, int depth) {
    if (depth > kMostNested)
      return fail(ErrorKind::exhausted, {"variables stand in each other more than 10 deep", "变量相互嵌套超过 10 层"});
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      if (text.substr(at).starts_with("^${")) {
        // The escaped expression is kept whole, with what stands in it.
        const auto end = close_of(text, at + 3);
        const auto length = end == std::string_view::npos ? text.size() - at - 1 : end - at;
        out += text.substr(at + 1, length);
        at += 1 + length;
      } else if (text.substr(at).starts_with("${")) {
        const auto end = close_of(text, at + 2);
        if (end == std::string_view::npos) {
          return fail(ErrorKind::invalid, {"'${' is not closed; write ^${ where no variable is meant",
                                           "“${”没有闭合；若不是变量，请写 ^${"});
        }
        out += WL_TRY(value_of(text.substr(at + 2, end - at - 2), depth));
        at = end + 1;
      } else {
        out += text[at++];
      }
      if (out.size() > kMostBytes)
        return fail(ErrorKind::exhausted, {"a text grows beyond 1 MiB with its variables", "代入变量后文本超过 1 MiB"});
    }
    return out;
  }

 private:
  Result<std::string> value_of(std::string_view expression, int depth) {
    // The otherwise is only looked at when it is needed.
    const auto sign = separator(expression);
    const auto name = WL_TRY(expand(expression.substr(0, sign), depth + 1));
    if (auto value = WL_TRY(find(name))) return std::move(*value);
    if (sign < expression.size()) return expand(expression.substr(sign + 2), depth + 1);
    unknown_.push_back(name);
    return std::string();
  }

  /// Where ":-" stands outside of inner expressions; the size when it does not.
  static std::size_t separator(std::string_view text) {
    int open = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text.substr(at).starts_with("${")) ++open;
      if (text[at] == '}' && open > 0) --open;
      if (open == 0 && text.substr(at).starts_with(":-")) return at;
    }
    return text.size();
  }

  Result<std::optional<std::string>> find(const std::string& name) {
    const auto colon = name.find(':');
    if (colon != std::string::npos) {
      const auto kind = name.substr(0, colon);
      const auto rest = name.substr(colon + 1);
      if (kind == "base64") return data::encode_base64(rest);
      if (kind == "trim") return std::string(data::trim_blanks(rest));
      if (kind == "decodeBase64") {
        auto bytes = data::decode_base64(rest);
        if (!bytes) return fail(ErrorKind::invalid, "${decodeBase64:…} has no base64 text");
        return std::move(*bytes);
      }
      const bool plain = kind == "file" || kind == "readFile";
      if (plain || kind == "fileBase64" || kind == "readFileBase64") {
        if (!sources_.file) return fail(ErrorKind::unsupported, "${" + kind + ":…} is not available here");
        auto bytes = sources_.file(rest);
        if (!bytes) return fail(std::move(bytes).error());
        if (bytes->size() > kMostBytes)
          return fail(ErrorKind::exhausted, "the file of ${" + name + "} is larger than 1 MiB");
        return plain ? std::move(*bytes) : data::encode_base64(*bytes);
      }
    }
    return sources_.variable ? sources_.variable(name) : std::nullopt;
  }

  const Sources& sources_;
  std::vector<std::string>& unknown_;
};

}  // namespace

Result<std::string> expand(std::string_view text, const Sources& sources, std::vector<std::string>& unknown) {
  if (text.find("${") == std::string_view::npos) return std::string(text);
  return Expander(sources, unknown).expand(text, 0);
}

std::string escape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!text.substr(at).starts_with("${")) {
      out += text[at++];
      continue;
    }
    // What is escaped is kept whole, so what stands in it needs no escape of its own.
    const auto end = close_of(text, at + 2);
    const auto length = end == std::string_view::npos ? text.size() - at : end + 1 - at;
    out += '^';
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

}  // namespace windlass::casc
