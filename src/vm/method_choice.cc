// Which method or constructor a call means. Source: pipeline-language.md 5.6; distances measured on Groovy 2.4.21.
//
// Candidates are gathered along the receiver's hierarchy; the smallest sum of argument distances wins. User code comes
// before natives; among natives at equal distance the one declared nearest to the receiver does. Two user methods at
// equal distance are an error, as in Groovy.
#include <algorithm>
#include <array>
#include <utility>

#include "vm/state.h"

namespace windlass::vm {

namespace {

// A distance has three digits, least significant first: steps between interfaces, steps between numeric types,
// steps between classes; above them what a variable number of arguments costs.
constexpr int kNumberShift = 21;
constexpr int kObjectShift = 23;
constexpr int kVarargsShift = 44;
constexpr std::int64_t kObjectBase = 21;  ///< so that interfaces and numeric types are always nearer

ClassId boxed(ClassId id) {
  static constexpr ClassId kBoxes[] = {java::boolean_, java::character, java::byte_,  java::short_,
                                       java::integer,  java::long_,     java::float_, java::double_};
  return id >= java::p_boolean && id <= java::p_double ? kBoxes[id - java::p_boolean] : id;
}

/// For each class of an argument the parameter types in order of preference: the position is the distance. Types that
/// would not fit are left out.
struct Preference {
  ClassId argument;
  std::array<ClassId, 18> parameters;
};
using namespace java;
constexpr ClassId kEnd = java::object;  // Object is always the last that fits
constexpr Preference kPreferences[] = {
    {boolean_, {boolean_, p_boolean, kEnd}},
    {character, {character, p_char}},
    {byte_,
     {byte_, p_byte, p_short, short_, p_int, integer, p_long, long_, java::big_integer, p_float, float_, p_double,
      double_, java::big_decimal, number, kEnd}},
    {short_,
     {short_, p_short, p_int, integer, p_long, long_, java::big_integer, p_float, float_, p_double, double_,
      java::big_decimal, number, kEnd}},
    {integer,
     {integer, p_int, p_long, long_, java::big_integer, p_float, float_, p_double, double_, java::big_decimal, number,
      kEnd}},
    {long_, {long_, p_long, java::big_integer, p_float, float_, p_double, double_, java::big_decimal, number, kEnd}},
    {java::big_integer, {java::big_integer, number, kEnd, p_float, float_}},
    {float_, {float_, p_float, p_double, double_, java::big_decimal, number, kEnd}},
    {double_, {double_, p_double, java::big_decimal, number, kEnd}},
    {java::big_decimal, {java::big_decimal, number, kEnd, p_double, double_, p_float, float_}},
};

std::int64_t number_distance(ClassId argument, ClassId parameter) {
  for (const Preference& row : kPreferences) {
    if (row.argument != argument) continue;
    // Where the table jumps over types that do not fit.
    if (argument == java::character && parameter == java::object) return std::int64_t{13} << kNumberShift;
    if (argument == java::big_integer) {
      switch (parameter) {
        case p_double:
          return std::int64_t{12} << kNumberShift;
        case double_:
          return std::int64_t{13} << kNumberShift;
        case java::big_decimal:
          return std::int64_t{11} << kNumberShift;
        case p_int:
          return std::int64_t{5} << kNumberShift;
        case integer:
          return std::int64_t{6} << kNumberShift;
        case p_float:
          return std::int64_t{14} << kNumberShift;
        case float_:
          return std::int64_t{15} << kNumberShift;
        default:
          break;
      }
    }
    for (std::size_t i = 0; i < row.parameters.size(); ++i) {
      if (row.parameters[i] == parameter) return static_cast<std::int64_t>(i) << kNumberShift;
      if (row.parameters[i] == kEnd && i > 0 && row.parameters[i + 1] == kEnd) break;
    }
    return kNotApplicable;
  }
  return kNotApplicable;
}

bool is_numeric(ClassId id) {
  return std::any_of(std::begin(kPreferences), std::end(kPreferences),
                     [&](const Preference& row) { return row.argument == id; });
}

}  // namespace

bool Vm::State::is_interface(ClassId id) {
  if (id < java::count_) return java_classes()[id].flavor == ClassFlavor::interface_;
  const ClassInfo* c = info(id);
  return c->code != nullptr && c->code->kind == groovy::ClassKind::interface_;
}

/// The longest way up, counting every class and interface passed.
std::int64_t Vm::State::interface_distance(ClassId from, ClassId interface_id) {
  if (from == interface_id) return 0;
  std::int64_t most = kNotApplicable;
  const auto consider = [&](ClassId next) {
    const std::int64_t d = interface_distance(next, interface_id);
    if (d >= 0) most = std::max(most, d + 1);
  };
  if (from < java::count_) {
    for (const ClassId i : runtime->interfaces(from)) consider(i);
  } else {
    for (const ClassId i : info(from)->interfaces) consider(i);
    if (interface_id == java::groovy_object && info(from)->code != nullptr) most = std::max<std::int64_t>(most, 1);
  }
  if (!is_interface(from) && from != java::object) consider(super_of(from));
  return most;
}

std::int64_t Vm::State::distance(Value arg, ResolvedType parameter) {
  if (parameter.id == kNoClass) parameter.id = java::object;
  const bool primitive = parameter.arrays == 0 && parameter.id >= java::p_boolean && parameter.id <= java::p_double;
  if (arg.is_null()) {
    // Interfaces first, then Object, then the classes nearest to it.
    if (primitive) return kNotApplicable;
    if (parameter.arrays > 0) return 1 + (std::int64_t{2} << kObjectShift);
    if (is_interface(parameter.id)) return 0;
    std::int64_t depth = 0;
    for (ClassId at = parameter.id; at != java::object; at = super_of(at)) depth += 2;
    return 1 + (depth << kObjectShift);
  }
  if (arg.is(Kind::array)) {
    if (parameter.arrays > 0) {
      if (!instance_of(arg, parameter)) return kNotApplicable;
      const ArrayObject* array = heap.array(arg);
      return array->element == parameter.id && array->depth == parameter.arrays ? 0 : (kObjectBase + 6) << kObjectShift;
    }
    return instance_of(arg, parameter) ? (kObjectBase + 7) << kObjectShift : kNotApplicable;
  }
  if (parameter.arrays > 0) return kNotApplicable;
  const ClassId have = class_of(arg);
  const ClassId want = parameter.id;
  const bool is_code = arg.is(Kind::closure) && have == java::closure;  // of a class below Closure
  if (have == want && !is_code) return 0;
  if (is_interface(want)) {
    if (const std::int64_t d = interface_distance(have, want); d >= 0) return is_code ? d + 1 : d;
    if (arg.is(Kind::instance) && has_delegated(have, want)) return 1;
    // A closure stands for an interface with one method.
    const bool container = want == java::map || want == java::collection || want == java::list ||
                           want == java::iterable || want == java::char_sequence || want == java::comparable ||
                           want == java::set;
    return arg.is(Kind::closure) && !container ? (kObjectBase + 15) << kObjectShift : kNotApplicable;
  }
  if (is_numeric(have) && (is_numeric(boxed(want)) || want == java::number || want == java::object))
    return number_distance(have, want);
  if (primitive) return kNotApplicable;
  if (arg.is_gstring() && want == java::string) return (kObjectBase + 5) << kObjectShift;
  if (!is_subclass(have, want)) return kNotApplicable;
  std::int64_t depth = kObjectBase + (is_code ? 3 : 0);
  for (ClassId at = have; at != want && at != java::object; at = super_of(at)) depth += 3;
  return depth << kObjectShift;
}

std::int64_t Vm::State::type_distance(ClassId have, ResolvedType parameter) {
  if (parameter.id == kNoClass) parameter.id = java::object;
  if (parameter.arrays > 0) return kNotApplicable;
  const ClassId want = parameter.id;
  if (have == want) return 0;
  if (is_interface(want)) return interface_distance(have, want);
  if (is_numeric(have) && (is_numeric(boxed(want)) || want == java::number || want == java::object))
    return number_distance(have, want);
  if (want >= java::p_boolean && want <= java::p_double) return kNotApplicable;
  if (is_subclass(have, java::gstring) && want == java::string) return (kObjectBase + 5) << kObjectShift;
  if (!is_subclass(have, want)) return kNotApplicable;
  std::int64_t depth = kObjectBase;
  for (ClassId at = have; at != want && at != java::object; at = super_of(at)) depth += 3;
  return depth << kObjectShift;
}

void Vm::State::set_casts(UnitState& unit, const Site& site, std::string_view name, std::uint32_t argc) {
  cast_name = {};
  if (site.type >= unit.unit->argument_types.size()) return;
  const auto& refs = unit.unit->argument_types[site.type];
  if (refs.size() != argc) return;
  cast_types.clear();
  for (const std::uint32_t ref : refs)
    cast_types.push_back(ref == kNone16 ? kNoClass : resolve(unit, static_cast<std::uint16_t>(ref)).id);
  cast_name = name;
}

std::uint64_t Vm::State::args_key(std::span<const Value> args) {
  std::uint64_t key = 0x9E3779B97F4A7C15ull + args.size();
  for (const Value v : args) {
    std::uint64_t one = v.is_null() ? 0xFFFFu : class_of(v);
    if (v.is(Kind::array)) one |= static_cast<std::uint64_t>(heap.array(v)->element) << 16;
    key = (key ^ one) * 0xff51afd7ed558ccdull;
    key ^= key >> 32;
  }
  return key;
}

std::int64_t Vm::State::rate(std::span<const Value> args, std::span<const ResolvedType> parameters, bool varargs) {
  const std::size_t n = args.size();
  const std::size_t count = parameters.size();
  if (n == 1 && count == 1 && args[0].is_null() && !rates_casts && parameters[0].arrays == 0 &&
      is_interface(parameters[0].id))
    return 2;  // null alone means the method for Object, if there is one
  if (count == 0) return n == 0 ? 0 : kNotApplicable;
  if (n + 1 < count || (!varargs && n != count)) return kNotApplicable;
  const std::size_t fixed = count - 1;
  std::int64_t total = 0;
  const auto far = [&](std::size_t i, ResolvedType parameter) {
    const bool cast = rates_casts && i < cast_types.size() && cast_types[i] != kNoClass;
    return cast ? type_distance(cast_types[i], parameter) : distance(args[i], parameter);
  };
  for (std::size_t i = 0; i < fixed; ++i) {
    const std::int64_t d = far(i, parameters[i]);
    if (d < 0) return kNotApplicable;
    total += d;
  }
  if (n < count) return total + (std::int64_t{1} << kVarargsShift);
  if (n == count) {
    // The last argument as it stands, else as the only one of a variable number.
    if (const std::int64_t d = far(fixed, parameters[fixed]); d >= 0) return total + d;
    if (!varargs) return kNotApplicable;
  }
  ResolvedType element = parameters[fixed];
  if (element.arrays > 0) --element.arrays;
  total += static_cast<std::int64_t>(2 + n - count) << kVarargsShift;
  for (std::size_t i = fixed; i < n; ++i) {
    const std::int64_t d = far(i, element);
    if (d < 0) return kNotApplicable;
    total += d;
  }
  return total;
}

std::vector<ResolvedType> Vm::State::parameter_types(FunctionState& function) {
  std::vector<ResolvedType> out;
  out.reserve(function.code->parameters.size());
  for (const ParameterInfo& p : function.code->parameters) {
    ResolvedType type = p.type == kNone16 ? ResolvedType{java::object, 0} : resolve(*function.unit, p.type);
    if (type.id == kNoClass) type.id = java::object;
    if (p.varargs && type.arrays == 0) type.arrays = 1;
    out.push_back(type);
  }
  return out;
}

std::int64_t Vm::State::rate(std::span<const Value> args, FunctionState& function) {
  std::vector<ResolvedType> types = parameter_types(function);
  const FunctionCode& code = *function.code;
  if (code.has_defaults && args.size() < types.size()) {
    // The rightmost parameters with a default are the ones left out.
    for (std::size_t i = types.size(); i-- > 0 && types.size() > args.size();) {
      if (code.parameters[i].has_default) types.erase(types.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return rate(args, types, code.varargs);
}

FunctionState* Vm::State::choose_constructor(ClassInfo& c, std::span<const Value> args) {
  const bool casts = is_cast_call("<init>", args.size());
  const bool outside = std::exchange(rates_casts, casts);
  struct Restore {
    bool& flag;
    bool value;
    ~Restore() { flag = value; }
  } restore{rates_casts, outside};
  const std::uint64_t key = casts ? 0 : args_key(args);
  if (!casts && c.last_constructor != nullptr && c.last_constructor_key == key) return c.last_constructor;
  std::int64_t best = kNotApplicable;
  FunctionState* chosen = nullptr;
  FunctionState* single = nullptr;
  for (const std::uint32_t number : c.code->constructors) {
    FunctionState& function = c.unit->functions[number];
    if (function.code->name == "<init>default" && !args.empty()) continue;
    const std::int64_t total = rate(args, function);
    if (total >= 0 && (best < 0 || total < best)) {
      best = total;
      chosen = &function;
    }
    if (function.code->parameters.size() == 1) single = &function;
  }
  if (chosen == nullptr && args.empty() && c.code->constructors.size() == 1 && single != nullptr) {
    const Value null = Value::null();
    if (rate(std::span<const Value>(&null, 1), *single) >= 0) chosen = single;
  }
  if (chosen != nullptr && !casts) {
    c.last_constructor = chosen;
    c.last_constructor_key = key;
  }
  return chosen;
}

Target Vm::State::find_method(ClassId receiver, std::string_view name, std::span<const Value> args, bool is_static,
                              bool user_only, bool natives_only) {
  if (is_cast_call(name, args.size())) {
    const bool outside = std::exchange(rates_casts, true);
    const Target target = choose_method(receiver, name, args, is_static, user_only, natives_only);
    rates_casts = outside;
    return target;
  }
  if (method_choices.empty()) method_choices.resize(kMethodChoices);
  const std::uint64_t key = args_key(args);
  const auto mode = static_cast<std::uint8_t>((is_static ? 1 : 0) | (user_only ? 2 : 0) | (natives_only ? 4 : 0));
  const std::size_t hash = std::hash<std::string_view>{}(name) ^ key ^ (receiver * 0x9E3779B1u) ^ (mode * 0x85EBCA6Bu);
  MethodChoice& known = method_choices[hash & (kMethodChoices - 1)];
  if (known.receiver == receiver && known.args_key == key && known.mode == mode && known.name == name)
    return known.target;
  const Target target = choose_method(receiver, name, args, is_static, user_only, natives_only);
  // Choosing may load classes, which empties the table.
  if (method_choices.empty()) return target;
  MethodChoice& row = method_choices[hash & (kMethodChoices - 1)];
  row.args_key = key;
  row.name = name;
  row.receiver = receiver;
  row.mode = mode;
  row.target = target;
  return target;
}

Target Vm::State::choose_method(ClassId receiver, std::string_view name, std::span<const Value> args, bool is_static,
                                bool user_only, bool natives_only) {
  Target best;
  std::int64_t best_distance = kNotApplicable;
  std::uint32_t candidates = 0;
  bool typed = false;
  const auto order = linear(receiver);
  const Value null = Value::null();
  const std::span<const Value> one_null(&null, 1);

  if (!natives_only) {
    struct Seen {
      std::vector<ResolvedType> types;
      FunctionState* function;
    };
    std::vector<Seen> seen;
    const auto same = [](const std::vector<ResolvedType>& a, const std::vector<ResolvedType>& b) {
      return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ResolvedType& x, const ResolvedType& y) {
        return x.id == y.id && x.arrays == y.arrays;
      });
    };
    for (const ClassId c : order) {
      if (c < java::count_) continue;
      const ClassInfo* i = info(c);
      if (i->code == nullptr) continue;
      const auto [begin, end] = i->code->methods_by_name.equal_range(name);
      for (auto it = begin; it != end; ++it) {
        FunctionState& f = i->unit->functions[it->second];
        if (f.code->is_abstract) continue;
        if (is_static && !f.code->is_static) continue;
        std::vector<ResolvedType> types = parameter_types(f);
        // Overridden by a nearer class.
        if (std::any_of(seen.begin(), seen.end(), [&](const Seen& s) { return same(s.types, types); })) continue;
        seen.push_back({std::move(types), &f});
        ++candidates;
        typed = typed || f.code->typed_parameters;
        const std::int64_t total = rate(args, f);
        if (total < 0) continue;
        if (best_distance >= 0 && total > best_distance) continue;
        const bool equal = total == best_distance;
        if (equal && args.empty()) {
          // Two variable numbers of none: the more special type.
          const auto element = [](const std::vector<ResolvedType>& t) { return t.empty() ? kNoClass : t.back().id; };
          const ClassId now = element(parameter_types(*best.function));
          const ClassId other = element(seen.back().types);
          if (now == kNoClass || other == kNoClass || !is_subclass(other, now)) continue;
        }
        const bool ambiguous = equal && !args.empty() && !(args.size() == 1 && args[0].is_null()) &&
                               best.kind == Target::Kind::code && best.owner == c;
        if (equal && !ambiguous && !args.empty()) continue;
        best.kind = Target::Kind::code;
        best.function = &f;
        best.owner = c;
        best.ambiguous = ambiguous;
        best_distance = total;
      }
      // Accessors of properties.
      if (name.size() > 3 || (name.size() > 2 && name.starts_with("is"))) {
        const bool getter = args.empty() && (name.starts_with("get") || name.starts_with("is"));
        const bool setter = args.size() == 1 && name.starts_with("set");
        if ((getter || setter) && best.kind == Target::Kind::none) {
          const std::string_view rest = name.substr(name.starts_with("is") ? 2 : 3);
          for (const FieldTemplate& field : i->code->fields) {
            if (!field.is_property || field.name.size() != rest.size()) continue;
            if (field.is_static != is_static && is_static) continue;
            const char first = rest[0];
            const bool same_first =
                field.name[0] == first || (first >= 'A' && first <= 'Z' && field.name[0] == first + 32);
            if (!same_first || field.name.substr(1) != rest.substr(1)) continue;
            if (setter && field.is_final) continue;
            if (name.starts_with("is")) {
              if (field.type == kNone16) continue;
              const ClassId type = resolve(*i->unit, field.type).id;
              if (type != java::p_boolean && type != java::boolean_) continue;
            }
            best.kind = field.is_static ? (getter ? Target::Kind::static_getter : Target::Kind::static_setter)
                                        : (getter ? Target::Kind::getter : Target::Kind::setter);
            best.slot = field.is_static ? field.slot : slot_of(receiver, c, field);
            best.owner = c;
            best.field = &field;
            best_distance = 0;
          }
        }
      }
    }
    if (best.kind != Target::Kind::none) {
      best.depends_on_arguments = candidates > 1 || typed;
      return best;
    }
    // Without arguments the only method of one parameter is called with null.
    if (args.empty() && seen.size() == 1 && seen[0].types.size() == 1 && rate(one_null, *seen[0].function) >= 0) {
      best.kind = Target::Kind::code;
      best.function = seen[0].function;
      best.owner = receiver;
      return best;
    }
  }
  if (user_only) return best;
  const bool text_like = receiver == java::gstring_impl;
  const bool is_container = is_subclass(receiver, java::iterable) || is_subclass(receiver, java::iterator) ||
                            is_subclass(receiver, java::object_array) || is_subclass(receiver, java::map);
  std::size_t best_depth = 0;
  const NativeEntry* single = nullptr;
  std::uint32_t natives = 0;
  for (const NativeEntry& entry : runtime->find(name)) {
    const bool wants_class = entry.kind == NativeKind::static_method || entry.kind == NativeKind::constructor;
    // A static method can be called through an object too: text.format(…), date.parse(…).
    const bool through_object = !is_static && entry.kind == NativeKind::static_method && entry.owner != java::object;
    if (entry.kind == NativeKind::static_field || (wants_class != is_static && !through_object)) continue;
    if (entry.kind == NativeKind::constructor && entry.owner != receiver) continue;
    if (entry.containers_only && !is_container) continue;
    std::size_t depth = 0;
    const auto at = std::find(order.begin(), order.end(), entry.owner);
    if (at == order.end()) {
      if (!text_like || entry.owner != java::string) continue;
      depth = 2;
    } else {
      depth = static_cast<std::size_t>(at - order.begin());
    }
    ++natives;
    if (entry.parameters.size() == 1 && entry.required == 1 && !entry.varargs) single = &entry;
    std::int64_t total = kNotApplicable;
    if (entry.required < entry.parameters.size() && args.size() < entry.parameters.size()) {
      if (args.size() >= entry.required)
        total = rate(args, std::span<const ResolvedType>(entry.parameters).subspan(0, args.size()), false);
    } else {
      total = rate(args, entry.parameters, entry.varargs);
    }
    if (total < 0) continue;
    // Among equals the nearer receiver.
    if (best_distance >= 0 && (total > best_distance || (total == best_distance && depth >= best_depth))) continue;
    best.kind = Target::Kind::native;
    best.native = &entry;
    best.owner = entry.owner;
    best_distance = total;
    best_depth = depth;
  }
  if (best.kind == Target::Kind::none && args.empty() && natives == 1 && single != nullptr &&
      single->kind == NativeKind::method && distance(null, single->parameters[0]) >= 0) {
    best.kind = Target::Kind::native;
    best.native = single;
    best.owner = single->owner;
    best.pads_null = true;
  }
  best.depends_on_arguments = true;
  return best;
}

Target Vm::State::find_super_method(ClassId below, std::string_view name, std::span<const Value> args) {
  const ClassInfo* c = info(below);
  const ClassId super = c != nullptr ? c->super : static_cast<ClassId>(java::object);
  Target target = find_method(super, name, args, false);
  if (target.kind == Target::Kind::none && c != nullptr) {
    for (const ClassId i : c->interfaces) {
      target = find_method(i, name, args, false);
      if (target.kind != Target::Kind::none) break;
    }
  }
  return target;
}

Target Vm::State::find_method_behind_trait(ClassId receiver, ClassId trait, std::string_view name,
                                           std::span<const Value> args) {
  const auto order = linear(receiver);
  auto at = std::find(order.begin(), order.end(), trait);
  if (at != order.end()) ++at;
  for (; at != order.end(); ++at) {
    if (info(*at) != nullptr && is_interface(*at) && !is_trait(*at)) continue;
    Target target = find_method(*at, name, args, false);
    // What every object can do is the super class's to say.
    if (target.kind == Target::Kind::none || (is_trait(*at) && target.owner == java::object)) continue;
    return target;
  }
  return {};
}

Status Vm::State::throw_ambiguous(ClassId receiver, std::string_view name, std::span<const Value> args,
                                  bool is_static) {
  std::int64_t best = kNotApplicable;
  std::vector<std::vector<ResolvedType>> fits;
  for (const ClassId c : linear(receiver)) {
    const ClassInfo* i = info(c);
    if (i == nullptr || i->code == nullptr) continue;
    const auto [begin, end] = i->code->methods_by_name.equal_range(name);
    for (auto it = begin; it != end; ++it) {
      FunctionState& f = i->unit->functions[it->second];
      if (f.code->is_abstract || (is_static && !f.code->is_static)) continue;
      const std::int64_t total = rate(args, f);
      if (total < 0 || (best >= 0 && total > best)) continue;
      if (total < best || best < 0) fits.clear();
      best = total;
      fits.push_back(parameter_types(f));
    }
  }
  const auto shown = [&](ResolvedType type) {
    return (type.arrays == 0 && is_interface(type.id) ? "interface " : "class ") + type_name(type);
  };
  std::vector<std::string> prototypes;
  for (const auto& types : fits) {
    std::string text;
    for (const ResolvedType type : types) text += (text.empty() ? "" : ", ") + shown(type);
    prototypes.push_back("\n\t[" + text + "]");
  }
  std::sort(prototypes.begin(), prototypes.end());
  std::string message = "Ambiguous method overloading for method " + std::string(name_of(receiver)) + "#" +
                        std::string(name) + ".\nCannot resolve which method to invoke for [";
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (i > 0) message += ", ";
    message += args[i].is_null() ? "null" : "class " + class_name(args[i]);
  }
  message += "] due to overlapping prototypes between:";
  for (const auto& p : prototypes) message += p;
  return throw_java(java::groovy_runtime_exception, message);
}

}  // namespace windlass::vm
