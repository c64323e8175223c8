// "Possible solutions: …" of a MissingMethodException: the methods whose name and parameters are nearest to the call.
// The measure is Groovy's (checked against 2.4.21), with its quirks: see edit_distance.
#include <algorithm>
#include <cctype>

#include "vm/state.h"

namespace windlass::vm {

namespace {

constexpr std::size_t kMost = 6;
constexpr std::int64_t kFarthest = 50;
constexpr std::int64_t kStep = 10;
constexpr std::int64_t kHalfStep = 5;  ///< other case, or two neighbours exchanged

/// Restricted Damerau-Levenshtein distance. If one side is empty it is the plain length of the other: Groovy forgets
/// the factor there, and which solutions are shown depends on it.
template <class Sequence, class Cost>
std::int64_t edit_distance(const Sequence& a, const Sequence& b, const Cost& cost) {
  const std::size_t n = a.size();
  const std::size_t m = b.size();
  if (n == 0) return static_cast<std::int64_t>(m);
  if (m == 0) return static_cast<std::int64_t>(n);
  std::vector<std::vector<std::int64_t>> rows(n + 1, std::vector<std::int64_t>(m + 1));
  for (std::size_t i = 0; i <= n; ++i) rows[i][0] = static_cast<std::int64_t>(i) * kStep;
  for (std::size_t j = 0; j <= m; ++j) rows[0][j] = static_cast<std::int64_t>(j) * kStep;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 1; j <= m; ++j) {
      std::int64_t best = std::min(rows[i - 1][j] + kStep, rows[i][j - 1] + kStep);
      best = std::min(best, rows[i - 1][j - 1] + cost(a[i - 1], b[j - 1]));
      if (i > 1 && j > 1 && cost(a[i - 1], b[j - 2]) == 0 && cost(a[i - 2], b[j - 1]) == 0)
        best = std::min(best, rows[i - 2][j - 2] + kHalfStep);
      rows[i][j] = best;
    }
  }
  return rows[n][m];
}

std::int64_t letter_cost(char x, char y) {
  if (x == y) return 0;
  return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)) ? kHalfStep : kStep;
}

/// What every object answers in Groovy 2.4, in the order in which ties are broken: Java's part, then Groovy's.
struct Known {
  std::string_view name;
  std::string_view parameters;
};
constexpr Known kJavaObject[] = {
    {"equals", "java.lang.Object"},
    {"getClass", ""},
    {"hashCode", ""},
    {"notify", ""},
    {"notifyAll", ""},
    {"toString", ""},
    {"wait", ""},
    {"wait", "long"},
    {"wait", "long, int"},
};
constexpr Known kGroovyClass[] = {
    {"getMetaClass", ""},
    {"getProperty", "java.lang.String"},
    {"invokeMethod", "java.lang.String, java.lang.Object"},
    {"setMetaClass", "groovy.lang.MetaClass"},
    {"setProperty", "java.lang.String, java.lang.Object"},
};
constexpr Known kScript[] = {
    {"evaluate", "java.io.File"},
    {"evaluate", "java.lang.String"},
    {"getBinding", ""},
    {"getProperty", "java.lang.String"},
    {"invokeMethod", "java.lang.String, java.lang.Object"},
    {"print", "java.lang.Object"},
    {"printf", "java.lang.String, [Ljava.lang.Object;"},
    {"printf", "java.lang.String, java.lang.Object"},
    {"println", ""},
    {"println", "java.lang.Object"},
    {"run", ""},
    {"run", "java.io.File, [Ljava.lang.String;"},
    {"setBinding", "groovy.lang.Binding"},
    {"setProperty", "java.lang.String, java.lang.Object"},
};
constexpr Known kGroovyObject[] = {
    {"invokeMethod", "java.lang.String, java.lang.Object"},
    {"findResult", "java.lang.Object, groovy.lang.Closure"},
    {"printf", "java.lang.String, [Ljava.lang.Object;"},
    {"find", ""},
    {"findLastIndexOf", "int, groovy.lang.Closure"},
    {"print", "java.io.PrintWriter"},
    {"inject", "java.lang.Object, groovy.lang.Closure"},
    {"sprintf", "java.lang.String, [Ljava.lang.Object;"},
    {"any", "groovy.lang.Closure"},
    {"every", ""},
    {"findAll", ""},
    {"inject", "groovy.lang.Closure"},
    {"putAt", "java.lang.String, java.lang.Object"},
    {"setMetaClass", "groovy.lang.MetaClass"},
    {"collect", "java.util.Collection, groovy.lang.Closure"},
    {"println", "java.io.PrintWriter"},
    {"getMetaClass", ""},
    {"grep", "java.lang.Object"},
    {"any", ""},
    {"every", "groovy.lang.Closure"},
    {"print", "java.lang.Object"},
    {"metaClass", "groovy.lang.Closure"},
    {"findIndexOf", "groovy.lang.Closure"},
    {"toString", ""},
    {"addShutdownHook", "groovy.lang.Closure"},
    {"asBoolean", ""},
    {"sleep", "long, groovy.lang.Closure"},
    {"respondsTo", "java.lang.String"},
    {"collect", ""},
    {"is", "java.lang.Object"},
    {"iterator", ""},
    {"findIndexValues", "java.lang.Number, groovy.lang.Closure"},
    {"use", "java.lang.Class, groovy.lang.Closure"},
    {"findResult", "groovy.lang.Closure"},
    {"getProperties", ""},
    {"println", "java.lang.Object"},
    {"dump", ""},
    {"isCase", "java.lang.Object"},
    {"asType", "java.lang.Class"},
    {"with", "groovy.lang.Closure"},
    {"sprintf", "java.lang.String, java.lang.Object"},
    {"grep", ""},
    {"printf", "java.lang.String, java.lang.Object"},
    {"find", "groovy.lang.Closure"},
    {"hasProperty", "java.lang.String"},
    {"findIndexOf", "int, groovy.lang.Closure"},
    {"getAt", "java.lang.String"},
    {"inspect", ""},
    {"split", "groovy.lang.Closure"},
    {"use", "[Ljava.lang.Object;"},
    {"withTraits", "[Ljava.lang.Class;"},
    {"println", ""},
    {"collect", "groovy.lang.Closure"},
    {"use", "java.util.List, groovy.lang.Closure"},
    {"findIndexValues", "groovy.lang.Closure"},
    {"identity", "groovy.lang.Closure"},
    {"getMetaPropertyValues", ""},
    {"findLastIndexOf", "groovy.lang.Closure"},
    {"sleep", "long"},
    {"eachWithIndex", "groovy.lang.Closure"},
    {"findAll", "groovy.lang.Closure"},
    {"respondsTo", "java.lang.String, [Ljava.lang.Object;"},
    {"each", "groovy.lang.Closure"},
};

struct Candidate {
  std::string name;
  std::vector<std::string> types;
  std::string result;  ///< return type: methods of one name are ordered by it
  std::int64_t score = 0;
};

std::string_view box_name(std::string_view type) {
  static constexpr std::pair<std::string_view, std::string_view> kBoxes[] = {
      {"int", "java.lang.Integer"},    {"long", "java.lang.Long"},   {"boolean", "java.lang.Boolean"},
      {"char", "java.lang.Character"}, {"byte", "java.lang.Byte"},   {"short", "java.lang.Short"},
      {"double", "java.lang.Double"},  {"float", "java.lang.Float"},
  };
  for (const auto& [primitive, box] : kBoxes) {
    if (type == primitive) return box;
  }
  return type;
}

Candidate from(const Known& known) {
  Candidate c;
  c.name = known.name;
  std::string_view rest = known.parameters;
  while (!rest.empty()) {
    const auto comma = rest.find(", ");
    c.types.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 2);
  }
  return c;
}

bool in_order(const Candidate& a, const Candidate& b) {
  if (a.name != b.name) return a.name < b.name;
  if (a.result != b.result) return a.result < b.result;
  if (a.types.size() != b.types.size()) return a.types.size() < b.types.size();
  return a.types < b.types;
}

std::string accessor(std::string_view prefix, std::string_view property) {
  std::string out = std::string(prefix) + std::string(property);
  char& first = out[prefix.size()];
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 32);
  return out;
}

}  // namespace

bool is_object_method(std::string_view name) {
  const auto named = [&](const Known& known) { return known.name == name; };
  return std::any_of(std::begin(kGroovyObject), std::end(kGroovyObject), named) ||
         std::any_of(std::begin(kJavaObject), std::end(kJavaObject), named);
}

std::string Vm::State::possible_solutions(Value receiver, std::string_view name, std::span<const Value> args) {
  const ClassId id = receiver.is_class() ? receiver.class_id() : class_of(receiver);
  std::vector<Candidate> all;
  for (const Known& known : kJavaObject) all.push_back(from(known));
  const auto order = linear(id);
  bool user_class = false;
  // Super classes first.
  for (std::size_t k = order.size(); k-- > 0;) {
    const ClassInfo* i = info(order[k]);
    if (i == nullptr || i->code == nullptr) continue;
    if (!user_class) {
      user_class = true;
      for (const Known& known : kGroovyClass) all.push_back(from(known));
      if (i->is_script) {
        for (const Known& known : kScript) all.push_back(from(known));
      }
    }
    std::vector<Candidate> own;
    const auto type_of = [&](std::uint16_t type) {
      return type == kNone16 ? std::string("java.lang.Object") : type_name(resolve(*i->unit, type));
    };
    for (const std::uint32_t m : i->code->methods) {
      FunctionState& f = i->unit->functions[m];
      Candidate c;
      c.name = f.code->name;
      c.result = type_of(f.code->return_type);
      const auto types = parameter_types(f);
      for (const ResolvedType type : types) c.types.push_back(type_name(type));
      own.push_back(c);
      // One more method for each default value that is left out, from the right.
      for (std::size_t p = types.size(); p-- > 0;) {
        if (!f.code->parameters[p].has_default) continue;
        c.types.erase(c.types.begin() + static_cast<std::ptrdiff_t>(p));
        own.push_back(c);
      }
    }
    for (const FieldTemplate& field : i->code->fields) {
      if (!field.is_property || field.hidden) continue;
      Candidate c;
      c.name = accessor("get", field.name);
      c.result = type_of(field.type);
      own.push_back(c);
      if (c.result == "boolean") {
        c.name = accessor("is", field.name);
        own.push_back(c);
      }
      if (field.is_final) continue;
      c.name = accessor("set", field.name);
      c.types.push_back(c.result);
      c.result = "void";
      own.push_back(c);
    }
    std::sort(own.begin(), own.end(), in_order);
    all.insert(all.end(), own.begin(), own.end());
  }
  if (!user_class) {
    std::vector<Candidate> own;
    for (const NativeEntry& entry : runtime->entries()) {
      if (entry.kind != NativeKind::method || entry.owner == java::object || entry.name.starts_with("__") ||
          !is_subclass(id, entry.owner)) {
        continue;
      }
      Candidate c;
      c.name = entry.name;
      for (const ResolvedType type : entry.parameters) c.types.push_back(type_name(type));
      own.push_back(std::move(c));
    }
    std::sort(own.begin(), own.end(), in_order);
    all.insert(all.end(), own.begin(), own.end());
  }
  for (const Known& known : kGroovyObject) all.push_back(from(known));

  std::vector<std::string> given;
  for (const Value v : args) {
    given.push_back(v.is_null()           ? std::string("org.codehaus.groovy.runtime.NullObject")
                    : v.is(Kind::closure) ? std::string("of a closure")
                                          : class_name(v));
  }
  const auto type_cost = [](const std::string& x, const std::string& y) {
    return box_name(x) == box_name(y) ? std::int64_t{0} : kStep;
  };
  for (Candidate& c : all)
    c.score = edit_distance(name, std::string_view(c.name), letter_cost) + edit_distance(given, c.types, type_cost);
  std::vector<std::size_t> ranks(all.size());
  for (std::size_t i = 0; i < ranks.size(); ++i) ranks[i] = i;
  std::sort(ranks.begin(), ranks.end(), [&](std::size_t a, std::size_t b) {
    return all[a].score != all[b].score ? all[a].score < all[b].score : a < b;
  });
  std::string out;
  for (std::size_t i = 0; i < ranks.size() && i < kMost && all[ranks[i]].score <= kFarthest; ++i) {
    const Candidate& c = all[ranks[i]];
    if (!out.empty()) out += ", ";
    out += c.name + "(";
    for (std::size_t p = 0; p < c.types.size(); ++p) out += (p > 0 ? ", " : "") + c.types[p];
    out += ")";
  }
  return out;
}

std::string Vm::State::similar_properties(ClassId id, std::string_view name) {
  constexpr std::int64_t kFarthestProperty = 30;
  constexpr std::uint32_t kBuckets = 32;
  struct Property {
    std::string_view name;
    std::int64_t score;
    std::uint32_t bucket;
    std::size_t order;
  };
  std::vector<Property> all;
  const auto offer = [&](std::string_view property) {
    if (std::any_of(all.begin(), all.end(), [&](const Property& p) { return p.name == property; })) return;
    // Groovy walks its table of properties from the last bucket to the first.
    auto h = static_cast<std::uint32_t>(TextView(property).hash());
    h += ~(h << 9);
    h ^= h >> 14;
    h += h << 4;
    h ^= h >> 10;
    all.push_back({property, edit_distance(name, property, letter_cost), h & (kBuckets - 1), all.size()});
  };
  bool user_class = false;
  for (const ClassId c : linear(id)) {
    const ClassInfo* i = info(c);
    if (i == nullptr || i->code == nullptr) continue;
    user_class = true;
    for (const FieldTemplate& field : i->code->fields) {
      if (field.is_property && !field.hidden) offer(field.name);
    }
  }
  if (!user_class) return {};
  offer("class");
  offer("metaClass");
  std::sort(all.begin(), all.end(), [](const Property& a, const Property& b) {
    if (a.score != b.score) return a.score < b.score;
    return a.bucket != b.bucket ? a.bucket > b.bucket : a.order > b.order;
  });
  std::string out;
  for (std::size_t i = 0; i < all.size() && i < kMost && all[i].score <= kFarthestProperty; ++i)
    out += (out.empty() ? "" : ", ") + std::string(all[i].name);
  return out;
}

}  // namespace windlass::vm
