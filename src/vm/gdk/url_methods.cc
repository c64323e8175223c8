// java.net.URL and URI as texts with parts: nothing is fetched. Both are native objects whose slots are the parts, null
// where a part is missing, so that equal addresses are equal.
#include <algorithm>
#include <optional>

#include "text/utf.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

enum Slot : std::uint32_t {
  slot_text,
  slot_scheme,
  slot_authority,
  slot_user,
  slot_host,
  slot_port,
  slot_path,
  slot_query,
  slot_fragment,
  kSlots
};

struct Parts {
  std::optional<std::string> scheme, authority, user, host, query, fragment;
  std::string path;
  std::int32_t port = -1;
};

bool is_scheme(std::string_view s) {
  return !s.empty() && ((s[0] | 0x20) >= 'a' && (s[0] | 0x20) <= 'z') && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+' || c == '-' || c == '.';
  });
}

/// RFC 3986's parts. The authority is taken apart where it has the form user@host:port.
Parts split(std::string_view text) {
  Parts p;
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    p.fragment = std::string(text.substr(at + 1));
    text = text.substr(0, at);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    p.scheme = std::string(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    p.query = std::string(text.substr(at + 1));
    text = text.substr(0, at);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash);
    p.authority = std::string(authority);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
      p.user = std::string(authority.substr(0, at));
      authority.remove_prefix(at + 1);
    }
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
      const auto digits = authority.substr(colon + 1);
      if (!digits.empty() && digits.size() < 6 &&
          std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        p.port = std::stoi(std::string(digits));
      }
      authority = authority.substr(0, colon);
    }
    if (!authority.empty()) p.host = std::string(authority);
  }
  p.path = std::string(text);
  return p;
}

Value make(Call& call, ClassId class_id, std::string_view text, const Parts& p) {
  Heap& heap = call.heap();
  const auto maybe = [&](const std::optional<std::string>& part) {
    return part ? heap.make_string(std::string_view(*part)) : Value::null();
  };
  const Value values[] = {heap.make_string(text),
                          maybe(p.scheme),
                          maybe(p.authority),
                          maybe(p.user),
                          maybe(p.host),
                          Value::of_int(p.port),
                          heap.make_string(std::string_view(p.path)),
                          maybe(p.query),
                          maybe(p.fragment)};
  const Value v = heap.make_native(class_id, kSlots);
  std::copy(std::begin(values), std::end(values), heap.native_slots(v).begin());
  return v;
}
Value part(Call& call, Slot slot) { return call.heap().native_slots(call.self())[slot]; }

/// `mailto:somebody`: what follows the scheme is no path.
bool is_opaque(std::string_view text) {
  const auto colon = text.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && text[colon] == ':' && colon + 1 < text.size() &&
         text[colon + 1] != '/';
}
std::string_view part_with(std::string_view text, std::size_t at) {
  const auto query = text.find('?');
  const auto fragment = text.find('#');
  if (fragment != std::string_view::npos && at > fragment) return "fragment";
  if (query != std::string_view::npos && at > query) return "query";
  if (const auto slashes = text.find("//"); slashes != std::string_view::npos && at > slashes) {
    const auto path = text.find('/', slashes + 2);
    if (path == std::string_view::npos || at < path) return "authority";
  }
  return "path";
}
/// The position of the first character a URI may not have, or npos.
std::size_t illegal_at(std::string_view text) {
  const bool opaque = is_opaque(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_bracket = (c == '[' || c == ']') && !opaque && part_with(text, i) == "path";
    if (is_bracket || c <= ' ' || c == 0x7f || std::string_view("\"<>\\^`{|}").find(text[i]) != std::string_view::npos)
      return i;
  }
  return std::string_view::npos;
}
Status make_uri(Call& call, const std::string& text, bool quiet, Value& out) {
  if (const auto at = illegal_at(text); at != std::string::npos) {
    const std::string message =
        "Illegal character in " + std::string(part_with(text, at)) + " at index " + std::to_string(at) + ": " + text;
    return quiet ? call.throw_java(java::illegal_argument_exception, message)
                 : call.throw_java("java.net.URISyntaxException", message);
  }
  out = make(call, java::uri, text, split(text));
  if (is_opaque(text)) call.heap().native_slots(out)[slot_path] = Value::null();
  return Status::ok;
}

Status url_new(Call& call) {
  std::string text;
  if (call.count() == 1) {
    TextView given;
    VM_DO(call.text(call.arg(0), given));
    text = given.utf8();
  } else if (call.count() == 2) {
    TextView given;
    VM_DO(call.text(call.arg(1), given));
    const std::string spec = given.utf8();
    const Parts own = split(spec);
    if (own.scheme) {
      text = spec;
    } else {
      const Value base_text = call.heap().native_slots(call.arg(0))[slot_text];
      const Parts base = split(call.heap().utf8(base_text));
      text = base.scheme.value_or("") + "://" + base.authority.value_or("");
      if (spec.starts_with('/')) {
        text += spec;
      } else {
        const auto slash = base.path.rfind('/');
        text += base.path.substr(0, slash == std::string::npos ? 0 : slash + 1) + spec;
      }
    }
  } else {
    text = call.utf8_arg(0) + "://" + call.utf8_arg(1);
    if (call.count() == 4) text += ":" + std::to_string(call.int_arg(2));
    text += call.utf8_arg(call.count() - 1);
  }
  while (!text.empty() && text.back() <= ' ') text.pop_back();
  text.erase(0, text.find_first_not_of(' ') == std::string::npos ? 0 : text.find_first_not_of(' '));
  const Parts p = split(text);
  if (!p.scheme) return call.throw_java("java.net.MalformedURLException", "no protocol: " + text);
  static constexpr std::string_view kKnown[] = {"http", "https", "ftp", "file", "jar", "mailto", "jrt"};
  std::string scheme = *p.scheme;
  for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (std::find(std::begin(kKnown), std::end(kKnown), scheme) == std::end(kKnown)) {
    return call.throw_java("java.net.MalformedURLException", "unknown protocol: " + scheme);
  }
  return call.give(make(call, java::url, text, p));
}
Status uri_new(Call& call) {
  TextView given;
  VM_DO(call.text(call.arg(0), given));
  Value out;
  VM_DO(make_uri(call, given.utf8(), call.name() == "create", out));
  return call.give(out);
}
Status to_url(Call& call) {
  const Value text = call.self().is_text() ? call.self() : part(call, slot_text);
  Value out;
  const Value args[] = {text};
  VM_DO(call.invoke_static(java::url, "<init>", args, out));
  return call.give(out);
}
Status to_uri(Call& call) {
  TextView given;
  VM_DO(call.text(call.self().is_text() ? call.self() : part(call, slot_text), given));
  Value out;
  VM_DO(make_uri(call, given.utf8(), false, out));
  return call.give(out);
}

template <Slot kSlot>
Status read(Call& call) {
  return call.give(part(call, kSlot));
}
/// A URL's host and path are never null.
template <Slot kSlot>
Status read_text(Call& call) {
  const Value v = part(call, kSlot);
  return v.is_null() ? call.give_utf8("") : call.give(v);
}
/// URI.getPath and friends decode %xx.
template <Slot kSlot>
Status read_decoded(Call& call) {
  const Value v = part(call, kSlot);
  if (v.is_null()) return call.give(v);
  const std::string text = call.heap().utf8(v);
  std::string out;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() + 0 && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return call.give_utf8(text::repair_utf8(out));
}
Status file_of(Call& call) {
  std::string out = call.heap().utf8(part(call, slot_path));
  const Value query = part(call, slot_query);
  if (!query.is_null()) out += "?" + call.heap().utf8(query);
  return call.give_utf8(out);
}
Status default_port(Call& call) {
  const std::string scheme = call.heap().utf8(part(call, slot_scheme));
  return call.give(std::int32_t{scheme == "http" ? 80 : scheme == "https" ? 443 : scheme == "ftp" ? 21 : -1});
}
Status is_absolute(Call& call) { return call.give(!part(call, slot_scheme).is_null()); }
Status is_opaque(Call& call) {
  const std::string path = call.heap().utf8(part(call, slot_path));
  return call.give(!part(call, slot_scheme).is_null() && part(call, slot_authority).is_null() &&
                   !path.starts_with('/'));
}
/// RFC 3986 5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string> kept;
  const bool absolute = path.starts_with('/');
  bool ends_in_slash = path.ends_with('/');
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view piece = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (piece.empty()) continue;
    if (piece == ".") {
      ends_in_slash = ends_in_slash || path.empty();
    } else if (piece == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
      ends_in_slash = ends_in_slash || path.empty();
    } else {
      kept.emplace_back(piece);
    }
  }
  std::string out = absolute ? "/" : "";
  for (std::size_t i = 0; i < kept.size(); ++i) out += (i > 0 ? "/" : "") + kept[i];
  if (ends_in_slash && !kept.empty()) out += "/";
  return out;
}
std::string joined(const Parts& p) {
  std::string out;
  if (p.scheme) out += *p.scheme + ":";
  if (p.authority) out += "//" + *p.authority;
  out += p.path;
  if (p.query) out += "?" + *p.query;
  if (p.fragment) out += "#" + *p.fragment;
  return out;
}
Status resolve(Call& call) {
  TextView given;
  const Value arg = call.arg(0);
  VM_DO(call.text(arg.is(Kind::native_object) ? call.heap().native_slots(arg)[slot_text] : arg, given));
  Parts relative = split(given.utf8());
  const Parts base = split(call.heap().utf8(part(call, slot_text)));
  if (!relative.scheme) {
    relative.scheme = base.scheme;
    if (!relative.authority) {
      relative.authority = base.authority;
      if (relative.path.empty() && !relative.query) {
        relative.path = base.path;
        relative.query = base.query;
      } else if (!relative.path.starts_with('/')) {
        const auto slash = base.path.rfind('/');
        relative.path = base.path.substr(0, slash == std::string::npos ? 0 : slash + 1) + relative.path;
      }
      relative.path = without_dots(relative.path);
    }
  }
  Value out;
  VM_DO(make_uri(call, joined(relative), true, out));
  return call.give(out);
}
Status normalize(Call& call) {
  Parts p = split(call.heap().utf8(part(call, slot_text)));
  p.path = without_dots(p.path);
  Value out;
  VM_DO(make_uri(call, joined(p), true, out));
  return call.give(out);
}
Status compare_to(Call& call) {
  return call.give(call.heap()
                       .text(part(call, slot_text))
                       .compare(call.heap().text(call.heap().native_slots(call.arg(0))[slot_text])));
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.net.URL", "<init>", "Object", url_new, K::constructor},
    {"java.net.URL", "<init>", "URL,Object", url_new, K::constructor},
    {"java.net.URL", "<init>", "String,String,String", url_new, K::constructor},
    {"java.net.URL", "<init>", "String,String,int,String", url_new, K::constructor},
    {"java.net.URI", "<init>", "Object", uri_new, K::constructor},
    {"java.net.URI", "create", "Object", uri_new, K::static_method},
    {"java.lang.CharSequence", "toURL", "", to_url},
    {"java.lang.CharSequence", "toURI", "", to_uri},
    {"java.net.URI", "toURL", "", to_url},
    {"java.net.URL", "toURI", "", to_uri},
    {"java.net.URL", "getProtocol", "", read<slot_scheme>},
    {"java.net.URL", "getAuthority", "", read<slot_authority>},
    {"java.net.URL", "getUserInfo", "", read<slot_user>},
    {"java.net.URL", "getHost", "", read_text<slot_host>},
    {"java.net.URL", "getPort", "", read<slot_port>},
    {"java.net.URL", "getDefaultPort", "", default_port},
    {"java.net.URL", "getPath", "", read<slot_path>},
    {"java.net.URL", "getFile", "", file_of},
    {"java.net.URL", "getQuery", "", read<slot_query>},
    {"java.net.URL", "getRef", "", read<slot_fragment>},
    {"java.net.URL", "toString", "", read<slot_text>},
    {"java.net.URL", "toExternalForm", "", read<slot_text>},
    {"java.net.URI", "getScheme", "", read<slot_scheme>},
    {"java.net.URI", "getAuthority", "", read_decoded<slot_authority>},
    {"java.net.URI", "getUserInfo", "", read_decoded<slot_user>},
    {"java.net.URI", "getHost", "", read<slot_host>},
    {"java.net.URI", "getPort", "", read<slot_port>},
    {"java.net.URI", "getPath", "", read_decoded<slot_path>},
    {"java.net.URI", "getRawPath", "", read<slot_path>},
    {"java.net.URI", "getQuery", "", read_decoded<slot_query>},
    {"java.net.URI", "getRawQuery", "", read<slot_query>},
    {"java.net.URI", "getFragment", "", read_decoded<slot_fragment>},
    {"java.net.URI", "isAbsolute", "", is_absolute},
    {"java.net.URI", "isOpaque", "", is_opaque},
    {"java.net.URI", "resolve", "Object", resolve},
    {"java.net.URI", "normalize", "", normalize},
    {"java.net.URI", "compareTo", "URI", compare_to},
    {"java.net.URI", "toString", "", read<slot_text>},
    {"java.net.URI", "toASCIIString", "", read<slot_text>},
};

}  // namespace

NativeTable url_methods() { return kMethods; }

}  // namespace windlass::vm
