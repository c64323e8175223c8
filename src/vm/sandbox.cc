#include "vm/sandbox.h"

#include <algorithm>

#include "vm/state.h"

namespace windlass::vm {
namespace {

constexpr GroovyMethods kGroovyMethods[] = {
    {"groovy.lang.Range", "DefaultGroovyMethods", "java.util.List", "removeAt"},
    {"java.io.ByteArrayOutputStream", "IOGroovyMethods", "java.io.OutputStream", "leftShift"},
    {"java.io.Closeable", "IOGroovyMethods", "java.io.Closeable", "withCloseable"},
    {"java.io.InputStream", "IOGroovyMethods", "java.io.InputStream", "getBytes getText readLines"},
    {"java.io.Reader", "IOGroovyMethods", "java.io.Reader", "eachLine getText readLine readLines splitEachLine"},
    {"java.io.Writer", "DefaultGroovyMethods", "java.lang.Object", "print println"},
    {"java.lang.AbstractStringBuilder", "StringGroovyMethods", "java.lang.StringBuilder", "leftShift"},
    {"java.lang.Boolean", "DefaultGroovyMethods", "java.lang.Boolean", "implies"},
    {"java.lang.CharSequence", "DefaultGroovyMethods", "java.lang.Object", "isCase"},
    {"java.lang.CharSequence", "ResourceGroovyMethods", "java.lang.String", "toURI toURL"},
    {"java.lang.CharSequence", "StringGroovyMethods", "java.lang.CharSequence",
     "isBigDecimal isBigInteger toBigDecimal toBigInteger toSet uncapitalize"},
    {"java.lang.CharSequence", "StringGroovyMethods", "java.lang.String", "toCharacter"},
    {"java.lang.Character", "DefaultGroovyMethods", "java.lang.Character",
     "isDigit isLetter isLetterOrDigit isLowerCase isUpperCase isWhitespace multiply toLowerCase "
     "toUpperCase"},
    {"java.lang.Iterable", "DefaultGroovyMethods", "java.lang.Iterable",
     "asList eachCombination head indexed multiply takeWhile withIndex"},
    {"java.lang.Iterable", "DefaultGroovyMethods", "java.util.List", "toUnique"},
    {"java.lang.Iterable", "DefaultGroovyMethods", "java.util.SortedSet", "dropWhile init"},
    {"java.lang.Number", "DefaultGroovyMethods", "java.lang.Character", "div intdiv"},
    {"java.lang.Number", "DefaultGroovyMethods", "java.lang.Double", "round"},
    {"java.lang.Number", "DefaultGroovyMethods", "java.lang.Float", "downto trunc"},
    {"java.lang.Number", "DefaultGroovyMethods", "java.lang.Long", "upto"},
    {"java.lang.Number", "DefaultGroovyMethods", "java.lang.Number",
     "and leftShift mod or rightShift rightShiftUnsigned step toBigDecimal toDouble toFloat toLong "
     "unaryMinus unaryPlus xor"},
    {"java.lang.Object", "DefaultGroovyMethods", "java.lang.Byte[]", "eachByte"},
    {"java.lang.Object", "DefaultGroovyMethods", "java.lang.Object",
     "getMetaClass getProperties hasProperty identity invokeMethod respondsTo setMetaClass sprintf use"},
    {"java.lang.Object", "DefaultGroovyMethods", "java.util.Set", "grep"},
    {"java.lang.Object[]", "DefaultGroovyMethods", "int[]", "toSet"},
    {"java.lang.Object[]", "DefaultGroovyMethods", "java.lang.Object", "putAt"},
    {"java.lang.Object[]", "DefaultGroovyMethods", "java.lang.Object[]",
     "drop dropRight dropWhile flatten getIndices head init reverse tail take takeRight takeWhile "
     "toUnique"},
    {"java.lang.Object[]", "EncodingGroovyMethods", "java.lang.Byte[]", "encodeBase64 encodeHex"},
    {"java.lang.String", "EncodingGroovyMethods", "java.lang.String", "decodeBase64 decodeHex"},
    {"java.lang.String", "StringGroovyMethods", "java.lang.String", "collectReplacements"},
    {"java.util.BitSet", "DefaultGroovyMethods", "java.lang.Object", "getAt"},
    {"java.util.Calendar", "DateGroovyMethods", "java.util.Calendar", "clearTime"},
    {"java.util.Collection", "DefaultGroovyMethods", "java.util.Collection", "getIndices removeElement"},
    {"java.util.Collection", "DefaultGroovyMethods", "java.util.SortedSet", "asSynchronized"},
    {"java.util.Date", "DateGroovyMethods", "java.util.Date", "clearTime copyWith updated"},
    {"java.util.Date", "DefaultGroovyStaticMethods", "java.util.Date", "parseToStringDate"},
    {"java.util.Iterator", "DefaultGroovyMethods", "java.util.Iterator", "drop take toSet"},
    {"java.util.List", "DefaultGroovyMethods", "java.util.Collection", "asImmutable"},
    {"java.util.List", "DefaultGroovyMethods", "java.util.List", "removeAt subsequences swap withEagerDefault"},
    {"java.util.Map", "DefaultGroovyMethods", "java.util.Map",
     "asSynchronized drop dropWhile intersect take takeWhile"},
    {"java.util.Set", "DefaultGroovyMethods", "java.util.Set", "asImmutable"},
    {"java.util.regex.Matcher", "DefaultGroovyStaticMethods", "java.util.regex.Matcher", "getLastMatcher"},
    {"java.util.regex.Matcher", "StringGroovyMethods", "java.util.regex.Matcher", "getCount hasGroup size"},
    {"java.util.regex.Pattern", "DefaultGroovyMethods", "java.lang.Object", "isCase"},
};

const GroovyMethods* find_groovy(std::string_view owner, std::string_view name) {
  for (const auto& row : kGroovyMethods) {
    if (row.owner != owner) continue;
    const std::size_t at = (" " + std::string(row.names) + " ").find(" " + std::string(name) + " ");
    if (at != std::string::npos) return &row;
  }
  return nullptr;
}

/// Whether the code that asks is a script: what libraries and preludes do is theirs. A pointer to a method is used by
/// whoever gave it away, so that library methods are looked through.
bool asked_by_script(const Fiber& f, bool by_pointer) {
  for (auto frame = f.frames.rbegin(); frame != f.frames.rend(); ++frame) {
    if (frame->function == nullptr) continue;
    const ScriptKind kind = frame->function->unit->unit->kind;
    if (by_pointer && kind == ScriptKind::gdk) continue;
    return kind == ScriptKind::pipeline || kind == ScriptKind::plain;
  }
  return false;
}

std::string signature(Vm::State& state, const NativeEntry& entry) {
  const std::string_view owner = java_classes()[entry.owner].name;
  std::string out;
  const GroovyMethods* groovy = find_groovy(owner, entry.name);
  if (groovy != nullptr) {
    out = "staticMethod org.codehaus.groovy.runtime." + std::string(groovy->declared_by) + " " +
          std::string(entry.name) + " " + std::string(groovy->receiver);
  } else {
    switch (entry.kind) {
      case NativeKind::constructor:
        out = "new " + std::string(owner);
        break;
      case NativeKind::static_field:
        return "staticField " + std::string(owner) + " " + std::string(entry.name);
      case NativeKind::static_method:
        out = "staticMethod " + std::string(owner) + " " + std::string(entry.name);
        break;
      case NativeKind::method:
        out = "method " + std::string(owner) + " " + std::string(entry.name);
        break;
    }
  }
  for (const ResolvedType type : entry.parameters) out += " " + state.type_name(type);
  return out;
}

}  // namespace

std::span<const GroovyMethods> refused_groovy_methods() { return kGroovyMethods; }

bool sandbox_refuses(Vm::State& state, const Fiber& f, const NativeEntry& entry, bool by_pointer) {
  std::string said = state.host.refuse(java_classes()[entry.owner].name, entry.name);
  if (said.empty()) return false;
  if (said.ends_with(' ')) {
    if (!asked_by_script(f, by_pointer)) return false;
    said += signature(state, entry);
  }
  (void)state.throw_java(java::rejected_access_exception, said);
  return true;
}

bool sandbox_refuses(Vm::State& state, const Fiber& f, std::string_view owner, std::string_view name,
                     std::span<const Value> args) {
  std::string said = state.host.refuse(owner, name);
  if (said.empty()) return false;
  if (said.ends_with(' ')) {
    if (!asked_by_script(f, false)) return false;
    said += name == "<init>" ? "new " + std::string(owner) : "method " + std::string(owner) + " " + std::string(name);
    for (const Value v : args) said += " " + (v.is_null() ? std::string("java.lang.Object") : state.class_name(v));
  }
  (void)state.throw_java(java::rejected_access_exception, said);
  return true;
}

}  // namespace windlass::vm
