// java.io.File and java.nio.file.Path as names: everything that can be said of a path without looking at a disk. What
// would look is refused (foreign_classes.h): files belong to nodes. Both are native objects whose slot is the path.
#include <algorithm>
#include <string>
#include <vector>

#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

std::string path_of(Call& call, Value v) { return call.heap().utf8(call.heap().native_slots(v)[0]); }
std::string own_path(Call& call) { return path_of(call, call.self()); }

/// Without doubled slashes and without one at the end.
std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

bool absolute(std::string_view path) { return path.starts_with('/'); }

std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) out.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string join(const std::vector<std::string>& names, bool from_root) {
  std::string out = from_root ? "/" : "";
  for (std::size_t i = 0; i < names.size(); ++i) out += (i > 0 ? "/" : "") + names[i];
  return out;
}

/// `b` below `a`, unless it is absolute.
std::string resolved(const std::string& a, const std::string& b) {
  if (b.empty()) return a;
  return absolute(b) || a.empty() ? b : tidy(a + "/" + b);
}

std::string text_or_path(Call& call, std::uint32_t i) {
  const Value v = call.arg(i);
  return v.is(Kind::native_object) ? path_of(call, v) : tidy(call.utf8_arg(i));
}

Value make(Call& call, ClassId id, std::string_view path) {
  const Value text = call.heap().make_string(path);
  const Value out = call.heap().make_native(id, 1);
  call.heap().native_slots(out)[0] = text;
  return out;
}
Status give_path(Call& call, std::string_view path) { return call.give(make(call, java::path, path)); }
Status give_file(Call& call, std::string_view path) { return call.give(make(call, java::file, path)); }

// ---- java.io.File

Status file_new(Call& call) {
  if (call.arg(0).is_null() && !call.has(1)) return call.throw_java(java::null_pointer_exception);
  if (!call.has(1)) return give_file(call, tidy(call.utf8_arg(0)));
  const std::string child = tidy(call.utf8_arg(1));
  if (call.arg(0).is_null()) return give_file(call, child);
  const std::string parent = text_or_path(call, 0);
  if (child.empty()) return give_file(call, parent);
  return give_file(call, tidy(parent + "/" + child));
}
Status file_name(Call& call) {
  const std::string path = own_path(call);
  return call.give_utf8(path.substr(path.rfind('/') + 1));
}
/// The path before the last name; false where there is none.
bool file_parent_of(const std::string& path, std::string& out) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || path == "/") return false;
  out = slash == 0 ? "/" : path.substr(0, slash);
  return true;
}
Status file_parent(Call& call) {
  std::string out;
  return file_parent_of(own_path(call), out) ? call.give_utf8(out) : call.give_null();
}
Status file_parent_file(Call& call) {
  std::string out;
  return file_parent_of(own_path(call), out) ? give_file(call, out) : call.give_null();
}
Status file_to_path(Call& call) { return give_path(call, own_path(call)); }
Status path_text(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status is_absolute(Call& call) { return call.give(absolute(own_path(call))); }
Status compare(Call& call) {
  const std::string a = own_path(call);
  const std::string b = path_of(call, call.arg(0));
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i]) return call.give(static_cast<std::uint8_t>(a[i]) - static_cast<std::uint8_t>(b[i]));
  }
  return call.give(static_cast<std::int32_t>(a.size()) - static_cast<std::int32_t>(b.size()));
}

// ---- java.nio.file.Path

Status path_get(Call& call) {
  std::string out = tidy(call.utf8_arg(0));
  for (std::uint32_t i = 1; call.has(i); ++i) {
    const std::string next = call.utf8_arg(i);
    if (!next.empty()) out = tidy(out.empty() ? next : out + "/" + next);
  }
  return give_path(call, out);
}
Status path_name(Call& call) {
  const auto names = names_of(own_path(call));
  return names.empty() ? call.give_null() : give_path(call, names.back());
}
Status path_parent(Call& call) {
  const std::string path = own_path(call);
  auto names = names_of(path);
  if (names.size() < (absolute(path) ? 1U : 2U)) return call.give_null();
  names.pop_back();
  return give_path(call, join(names, absolute(path)));
}
Status path_root(Call& call) { return absolute(own_path(call)) ? give_path(call, "/") : call.give_null(); }
Status path_count(Call& call) { return call.give(static_cast<std::int32_t>(names_of(own_path(call)).size())); }
Status path_name_at(Call& call) {
  const auto names = names_of(own_path(call));
  const auto i = call.int_arg(0);
  if (i < 0 || static_cast<std::size_t>(i) >= names.size()) {
    return call.throw_java(java::illegal_argument_exception);
  }
  return give_path(call, names[static_cast<std::size_t>(i)]);
}
Status path_resolve(Call& call) { return give_path(call, resolved(own_path(call), text_or_path(call, 0))); }
Status path_sibling(Call& call) {
  const std::string path = own_path(call);
  auto names = names_of(path);
  if (!names.empty()) names.pop_back();
  return give_path(call, resolved(join(names, absolute(path)), text_or_path(call, 0)));
}
Status path_relativize(Call& call) {
  const std::string from = own_path(call);
  const std::string to = path_of(call, call.arg(0));
  if (absolute(from) != absolute(to)) {
    return call.throw_java(java::illegal_argument_exception, "'other' is different type of Path");
  }
  const auto a = names_of(from);
  const auto b = names_of(to);
  std::size_t same = 0;
  while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
  std::vector<std::string> out(a.size() - same, "..");
  out.insert(out.end(), b.begin() + static_cast<std::ptrdiff_t>(same), b.end());
  return give_path(call, join(out, false));
}
Status path_normalize(Call& call) {
  const std::string path = own_path(call);
  std::vector<std::string> out;
  for (const auto& name : names_of(path)) {
    if (name == ".") continue;
    if (name != "..") {
      out.push_back(name);
    } else if (!out.empty() && out.back() != "..") {
      out.pop_back();
    } else if (!absolute(path)) {
      out.push_back(name);
    }
  }
  return give_path(call, join(out, absolute(path)));
}
Status path_starts(Call& call) {
  const std::string other = text_or_path(call, 0);
  const auto a = names_of(own_path(call));
  const auto b = names_of(other);
  return call.give(absolute(own_path(call)) == absolute(other) && b.size() <= a.size() &&
                   std::equal(b.begin(), b.end(), a.begin()));
}
Status path_ends(Call& call) {
  const std::string other = text_or_path(call, 0);
  const auto a = names_of(own_path(call));
  const auto b = names_of(other);
  if (absolute(other)) return call.give(own_path(call) == other);
  return call.give(!b.empty() && b.size() <= a.size() && std::equal(b.rbegin(), b.rend(), a.rbegin()));
}
Status path_to_file(Call& call) { return give_file(call, own_path(call)); }

using K = NativeKind;
constexpr std::string_view kFile = "java.io.File";
constexpr std::string_view kPath = "java.nio.file.Path";
Status separator(Call& call) { return call.give_utf8("/"); }
Status path_separator(Call& call) { return call.give_utf8(":"); }
constexpr NativeMethod kMethods[] = {
    {kFile, "<init>", "String", file_new, K::constructor},
    {kFile, "<init>", "String,String", file_new, K::constructor},
    {kFile, "<init>", "java.io.File,String", file_new, K::constructor},
    {kFile, "separator", "", separator, K::static_field},
    {kFile, "pathSeparator", "", path_separator, K::static_field},
    {kFile, "getName", "", file_name},
    {kFile, "getPath", "", path_text},
    {kFile, "toString", "", path_text},
    {kFile, "getParent", "", file_parent},
    {kFile, "getParentFile", "", file_parent_file},
    {kFile, "isAbsolute", "", is_absolute},
    {kFile, "compareTo", "java.io.File", compare},
    {kFile, "toPath", "", file_to_path},
    {"java.nio.file.Paths", "get", "String,String...", path_get, K::static_method},
    {kPath, "of", "String,String...", path_get, K::static_method},
    {kPath, "toString", "", path_text},
    {kPath, "isAbsolute", "", is_absolute},
    {kPath, "getFileName", "", path_name},
    {kPath, "getParent", "", path_parent},
    {kPath, "getRoot", "", path_root},
    {kPath, "getNameCount", "", path_count},
    {kPath, "getName", "int", path_name_at},
    {kPath, "resolve", "String", path_resolve},
    {kPath, "resolve", "java.nio.file.Path", path_resolve},
    {kPath, "resolveSibling", "String", path_sibling},
    {kPath, "resolveSibling", "java.nio.file.Path", path_sibling},
    {kPath, "relativize", "java.nio.file.Path", path_relativize},
    {kPath, "normalize", "", path_normalize},
    {kPath, "startsWith", "String", path_starts},
    {kPath, "startsWith", "java.nio.file.Path", path_starts},
    {kPath, "endsWith", "String", path_ends},
    {kPath, "endsWith", "java.nio.file.Path", path_ends},
    {kPath, "compareTo", "java.nio.file.Path", compare},
    {kPath, "toFile", "", path_to_file},
};

}  // namespace

NativeTable path_methods() { return kMethods; }

}  // namespace windlass::vm
