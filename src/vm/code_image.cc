// One function per structure names its members once, for both ways. It takes them apart by a structured binding: a
// member that is added to code.h and not here does not compile.
#include "vm/code_image.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace windlass::vm {

namespace {

constexpr std::string_view kMark = "windlass code image\n";

template <class T>
concept Number = std::is_integral_v<T> || std::is_enum_v<T>;

class Writer {
 public:
  std::string out{kMark};

  template <Number T>
  void value(const T& n) {
    auto left = static_cast<std::uint64_t>(n);
    for (; left >= 0x80; left >>= 7) out += static_cast<char>(left | 0x80);
    out += static_cast<char>(left);
  }
  void value(std::string_view text) {
    value(text.size());
    out += text;
  }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const std::vector<Insn>& code) {
    value(code.size());
    out.append(reinterpret_cast<const char*>(code.data()), code.size() * sizeof(Insn));
  }
  template <class T>
  void value(const std::vector<T>& all);
  template <class A, class B>
  void value(const std::pair<A, B>& both) {
    value(both.first);
    value(both.second);
  }
  template <class T>
  void value(const std::unique_ptr<T>& one);
  /// In the order of their numbers, in which the compiler adds them: methods of one name keep their order.
  void value(const std::unordered_multimap<std::string_view, std::uint32_t>& map) {
    std::vector<std::pair<std::uint32_t, std::string_view>> rows;
    for (const auto& [name, number] : map) rows.emplace_back(number, name);
    std::sort(rows.begin(), rows.end());
    value(rows);
  }
  template <class T>
    requires std::is_class_v<T>
  void value(const T& structure);
};

class Reader {
 public:
  explicit Reader(std::string_view image) : left_(image) {}
  [[nodiscard]] bool failed() const { return failed_; }

  template <Number T>
  void value(T& n) {
    std::uint64_t all = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      all |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    n = static_cast<T>(all);
  }
  void value(std::string_view& text) { text = take(count()); }
  void value(std::string& text) { text = take(count()); }
  void value(std::vector<Insn>& code) {
    const auto bytes = take(count() * sizeof(Insn));
    code.resize(bytes.size() / sizeof(Insn));
    std::memcpy(static_cast<void*>(code.data()), bytes.data(), bytes.size());
  }
  template <class T>
  void value(std::vector<T>& all);
  template <class A, class B>
  void value(std::pair<A, B>& both) {
    value(both.first);
    value(both.second);
  }
  template <class T>
  void value(std::unique_ptr<T>& one);
  void value(std::unordered_multimap<std::string_view, std::uint32_t>& map) {
    std::vector<std::pair<std::uint32_t, std::string_view>> rows;
    value(rows);
    map.reserve(rows.size());
    for (const auto& [number, name] : rows) map.emplace(name, number);
  }
  template <class T>
    requires std::is_class_v<T>
  void value(T& structure);

 private:
  std::string_view take(std::size_t size) {
    if (size > left_.size()) {
      failed_ = true;
      left_ = {};
      return std::string_view("\0", size == 1 ? 1 : 0);
    }
    const auto out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }
  std::size_t count() {
    std::size_t n = 0;
    value(n);
    return n;
  }
  std::string_view left_;
  bool failed_ = false;
};

void each(auto& a, auto&... members) { (a.value(members), ...); }

template <class T, class S>
concept Same = std::is_same_v<std::remove_const_t<T>, S>;

void fields(auto& a, Same<UnitConstant> auto& s) {
  auto& [type, text] = s;
  each(a, type, text);
}
void fields(auto& a, Same<ClassRef> auto& s) {
  auto& [known, candidates, written, arrays, foreign] = s;
  each(a, known, candidates, written, arrays, foreign);
}
void fields(auto& a, Same<Site> auto& s) {
  auto& [name, constant, flags, type] = s;
  each(a, name, constant, flags, type);
}
void fields(auto& a, Same<ParameterInfo> auto& s) {
  auto& [name, type, has_default, varargs] = s;
  each(a, name, type, has_default, varargs);
}
void fields(auto& a, Same<Handler> auto& s) {
  auto& [begin, end, target, exception_register] = s;
  each(a, begin, end, target, exception_register);
}
void fields(auto& a, Same<Capture> auto& s) {
  auto& [from_capture, index, cell, name] = s;
  each(a, from_capture, index, cell, name);
}
void fields(auto& a, Same<LocalInfo> auto& s) {
  auto& [name, reg, cell, begin, end] = s;
  each(a, name, reg, cell, begin, end);
}
void fields(auto& a, Same<FunctionCode> auto& s) {
  auto& [name, kind, modifiers, class_index, is_static, is_abstract, self_is_parameter, varargs, implicit_it,
         typed_parameters, has_defaults, return_type, parameters, required, registers, scratch, code, sites, lines,
         handlers, captures, locals, line, closure_name] = s;
  each(a, name, kind, modifiers, class_index, is_static, is_abstract, self_is_parameter, varargs, implicit_it,
       typed_parameters, has_defaults, return_type, parameters, required, registers, scratch, code, sites, lines,
       handlers, captures, locals, line, closure_name);
}
void fields(auto& a, Same<FieldTemplate> auto& s) {
  auto& [name, type, modifiers, is_static, is_property, is_final, hidden, slot] = s;
  each(a, name, type, modifiers, is_static, is_property, is_final, hidden, slot);
}
void fields(auto& a, Same<ClassTemplate> auto& s) {
  auto& [name, kind, modifiers, superclass, interfaces, own_fields, methods, constructors, class_init, outer, is_inner,
         is_script, is_anonymous, outer_slot, annotations, shown_fields, compared_fields, enum_constants,
         instance_slots, static_slots, singleton_slot, delegates, captures, capture_slots, methods_by_name] = s;
  // Singletons and delegates are not in what the build compiles.
  each(a, name, kind, modifiers, superclass, interfaces, own_fields, methods, constructors, class_init, outer, is_inner,
       is_script, is_anonymous, outer_slot, annotations, shown_fields, compared_fields, enum_constants, instance_slots,
       static_slots, captures, capture_slots, methods_by_name);
}
void fields(auto& a, Same<CodeUnit::AssertPicture> auto& s) {
  auto& [text, columns] = s;
  each(a, text, columns);
}
// CodeUnit has private members, the names, which are not needed: what refers to them points into the image.
void fields(auto& a, Same<CodeUnit> auto& s) {
  each(a, s.kind, s.package, s.constants, s.class_refs, s.functions, s.classes, s.gstrings, s.argument_types,
       s.script_body, s.has_script, s.pictures);
}

template <class T>
void Writer::value(const std::vector<T>& all) {
  value(all.size());
  for (const auto& one : all) value(one);
}
template <class T>
void Writer::value(const std::unique_ptr<T>& one) {
  value(*one);
}
template <class T>
  requires std::is_class_v<T>
void Writer::value(const T& structure) {
  fields(*this, structure);
}

template <class T>
void Reader::value(std::vector<T>& all) {
  const std::size_t size = count();
  if (size > left_.size()) {  // an element has a byte at least
    failed_ = true;
    return;
  }
  all.resize(size);
  for (auto& one : all) value(one);
}
template <class T>
void Reader::value(std::unique_ptr<T>& one) {
  one = std::make_unique<T>();
  value(*one);
}
template <class T>
  requires std::is_class_v<T>
void Reader::value(T& structure) {
  fields(*this, structure);
}

}  // namespace

std::string write_code_image(const CodeUnit& unit) {
  Writer writer;
  writer.value(unit.source->name());
  writer.value(unit);
  return std::move(writer.out);
}

std::shared_ptr<const CodeUnit> read_code_image(std::string_view image) {
  if (!image.starts_with(kMark)) return nullptr;
  Reader reader(image.substr(kMark.size()));
  std::string name;
  reader.value(name);
  auto unit = std::make_shared<CodeUnit>();
  reader.value(*unit);
  if (reader.failed()) return nullptr;
  unit->source = std::make_shared<const groovy::Source>(std::move(name), "");
  return unit;
}

}  // namespace windlass::vm
