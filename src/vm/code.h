// Compiled code: what the compiler makes of one source, immutable and shared by every run that uses it.
//
// A register machine. A function's registers are a window of the fiber's value stack: register 0 is the receiver
// (`this`, or the closure object itself; in gdk library methods the first parameter), then the parameters, then locals
// and temporaries. A call places receiver and arguments in consecutive registers; the callee's window begins right
// there, so nothing is copied. Nothing here refers to a Heap: constants are descriptions that each run turns into
// values when first used.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "groovy/ast.h"
#include "vm/vm.h"

namespace windlass::vm {

// X(name): operands in compiler.h's emitters and interpreter.cc. "w" marks a following target word.
// clang-format off: the formatter does not come to rest on a list like this one.
#define WL_OPS(X) \
  X(load_null) X(load_true) X(load_false) X(load_int) X(load_const) X(load_class) X(move) X(load_undefined) \
  X(new_cell) X(load_cell) X(store_cell) X(load_capture) X(load_capture_cell) X(store_capture_cell) X(load_this) \
  X(add) X(sub) X(mul) X(div) X(mod) X(power) X(shl) X(shr) X(ushr) X(bit_and) X(bit_or) X(bit_xor) X(add_imm) \
  X(next) X(previous) X(equal) X(not_equal) X(less) X(less_equal) X(greater) X(greater_equal) X(compare) \
  X(logical_not) X(truth) X(negative) X(positive) X(bitwise_not) X(jump) X(loop) X(jump_false) X(jump_true) \
  X(jump_null) X(jump_not_null) X(jump_defined) X(jump_less) X(jump_less_equal) X(jump_greater) \
  X(jump_greater_equal) X(jump_equal) X(jump_not_equal) X(jump_not_less) X(jump_not_less_equal) \
  X(jump_not_greater) X(jump_not_greater_equal) X(call_method) X(call_self) X(call_value) X(call_super) \
  X(construct) X(call_constructor) X(get_property) X(set_property) X(get_name) X(set_name) X(get_field) \
  X(set_field) X(get_static) X(set_static) X(get_index) X(set_index) X(new_list) X(list_push) X(list_push_all) \
  X(new_map) X(map_put) X(map_put_all) X(new_range) X(gstring) X(new_closure) X(cast) X(as_type) X(instance_of) \
  X(coerce) X(iterate) X(iterate_next) X(throw_) X(return_) X(return_null) X(switch_case) X(helper) \
  X(is_identical) X(catch_match) X(load_outer)
// clang-format on

enum class Op : std::uint16_t {
#define WL_OP(name) name,
  WL_OPS(WL_OP)
#undef WL_OP
};

struct Insn {
  Op op;
  std::uint16_t a = 0;
  std::uint16_t b = 0;
  std::uint16_t c = 0;
  [[nodiscard]] std::int32_t imm() const {
    return static_cast<std::int32_t>((static_cast<std::uint32_t>(c) << 16) | b);
  }
  void set_imm(std::int32_t n) {
    b = static_cast<std::uint16_t>(static_cast<std::uint32_t>(n));
    c = static_cast<std::uint16_t>(static_cast<std::uint32_t>(n) >> 16);
  }
};
static_assert(sizeof(Insn) == 8);

inline constexpr std::uint16_t kNone16 = 0xFFFF;

struct UnitConstant {
  enum class Type : std::uint8_t { string, integer, long_, big_integer, decimal, float_, double_ } type;
  std::string text;
};

/// A type as written, resolved as far as the compiler can.
struct ClassRef {
  ClassId known = kNoClass;             ///< row of java_classes.h
  std::vector<std::string> candidates;  ///< else: full names to try in order when first used
  std::string written;                  ///< for error messages
  std::uint8_t arrays = 0;
  bool foreign = false;  ///< a Java class that is not offered (foreign_classes.h): only its use fails
};

enum SiteFlag : std::uint8_t {
  site_spread = 1,   ///< the only argument is a List of the arguments
  site_dynamic = 2,  ///< the name is a value: register after the arguments
  site_safe = 4,
  site_attribute = 8,    ///< obj.@name
  site_in_closure = 16,  ///< the function is a closure (names go to owner and delegate)
  site_static = 32,      ///< static context: `this` is the class
  site_implicit = 64,    ///< call on an expression: closure()()
  site_typed = 128,      ///< some argument is a cast: `type` is the row of the unit's argument_types
};

/// One place of a call or property access; per-run caches are indexed by its number.
struct Site {
  std::string_view name;   ///< in the unit's name pool
  std::uint32_t constant;  ///< of the name as a String constant
  std::uint8_t flags = 0;
  std::uint16_t type = kNone16;  ///< class ref: static imports, constructors; or see site_typed
};

struct ParameterInfo {
  std::string_view name;
  std::uint16_t type = kNone16;  ///< class ref
  bool has_default = false;
  bool varargs = false;
};

struct Handler {
  std::uint32_t begin, end, target;
  std::uint16_t exception_register;
};

/// What a closure or anonymous class takes along when it is made.
struct Capture {
  bool from_capture = false;  ///< of the enclosing closure, else a register of the enclosing function
  std::uint16_t index = 0;
  bool cell = false;
  std::string_view name;
};

struct LocalInfo {
  std::string_view name;
  std::uint16_t reg;
  bool cell;
  std::uint32_t begin, end;
};

enum class FunctionKind : std::uint8_t { method, constructor, closure, class_init, script_body };

struct FunctionCode {
  std::string name;  ///< "run", "foo", "<init>", "<clinit>"; closures: "doCall"
  FunctionKind kind = FunctionKind::method;
  std::uint32_t modifiers = 0;
  std::uint16_t class_index = kNone16;  ///< of the unit
  bool is_static = false;
  bool is_abstract = false;
  bool self_is_parameter = false;  ///< gdk: register 0 is the first parameter
  bool varargs = false;
  bool implicit_it = false;       ///< closure without parameter list
  bool typed_parameters = false;  ///< some parameter needs checking or conversion
  bool has_defaults = false;
  std::uint16_t return_type = kNone16;
  std::vector<ParameterInfo> parameters;
  std::uint16_t required = 0;  ///< parameters without default
  std::uint16_t registers = 1;
  std::uint16_t scratch = 0;  ///< first of 4 registers for operands of slow paths
  std::vector<Insn> code;
  std::vector<Site> sites;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lines;  ///< (first pc, line)
  std::vector<Handler> handlers;                               ///< inner before outer
  std::vector<Capture> captures;
  std::vector<LocalInfo> locals;
  std::uint32_t line = 0;
  std::string closure_name;  ///< "WorkflowScript$_run_closure1"

  [[nodiscard]] std::uint32_t line_at(std::uint32_t pc) const;
};

struct FieldTemplate {
  std::string_view name;
  std::uint16_t type = kNone16;
  std::uint32_t modifiers = 0;
  bool is_static = false;
  bool is_property = false;  ///< has getter and setter
  bool is_final = false;
  bool hidden = false;     ///< captured variables and outer instance
  std::uint16_t slot = 0;  ///< within this class: instance slot, or static slot
};

enum ClassAnnotation : std::uint16_t {
  annotation_to_string = 1,
  annotation_equals = 2,
  annotation_tuple = 4,
  annotation_immutable = 8,
  annotation_inherit = 16,
  annotation_names = 32,
  annotation_call_super = 64,
  annotation_singleton = 128,
  annotation_no_package = 256,    ///< toString() begins with the simple name
  annotation_ignore_nulls = 512,  ///< … and leaves out what is null
};

/// A field with @Delegate: calls that the class does not answer go to its value.
struct DelegateTemplate {
  std::string_view field;
  std::uint16_t type = kNone16;  ///< class ref; without one nothing is delegated
  bool is_static = false;
  bool interfaces = true;  ///< the class is of the type's interfaces too
  std::vector<std::string> includes, excludes;
};

struct ClassTemplate {
  std::string name;  ///< full, inner classes with $
  groovy::ClassKind kind = groovy::ClassKind::class_;
  std::uint32_t modifiers = 0;
  std::uint16_t superclass = kNone16;
  std::vector<std::uint16_t> interfaces;
  std::vector<FieldTemplate> fields;
  std::vector<std::uint32_t> methods;  ///< function numbers, constructors excluded
  std::vector<std::uint32_t> constructors;
  std::uint32_t class_init = 0xFFFFFFFF;
  std::uint16_t outer = kNone16;  ///< class index of the unit
  bool is_inner = false;          ///< holds an outer instance
  bool is_script = false;
  bool is_anonymous = false;
  std::uint16_t outer_slot = kNone16;  ///< field `this$0`
  std::uint16_t annotations = 0;
  std::vector<std::string> shown_fields;     ///< of an annotation's toString(), in order
  std::vector<std::string> compared_fields;  ///< of its equals() and hashCode()
  std::vector<std::string_view> enum_constants;
  std::uint16_t instance_slots = 0;
  std::uint16_t static_slots = 0;
  std::uint16_t singleton_slot = kNone16;  ///< static slot of the only instance
  std::vector<DelegateTemplate> delegates;
  std::vector<Capture> captures;  ///< anonymous classes: fields filled at construction
  std::vector<std::uint16_t> capture_slots;
  std::unordered_multimap<std::string_view, std::uint32_t> methods_by_name;
};

class CodeUnit {
 public:
  std::shared_ptr<const groovy::Source> source;
  std::vector<std::shared_ptr<const groovy::Source>>
      added_sources;  ///< of members that annotations add: names point there
  ScriptKind kind = ScriptKind::plain;
  std::string package;
  std::vector<UnitConstant> constants;
  std::vector<ClassRef> class_refs;
  std::vector<std::unique_ptr<FunctionCode>> functions;
  std::vector<std::unique_ptr<ClassTemplate>> classes;     ///< [0] is the script class, if there is one
  std::vector<std::vector<std::uint32_t>> gstrings;        ///< constants of the texts of each GString
  std::vector<std::vector<std::uint32_t>> argument_types;  ///< class refs of casts among arguments, kNone16 for others
  std::vector<std::uint16_t> static_stars;                 ///< class refs of `import static a.B.*`; preludes have none
  std::uint32_t script_body = 0xFFFFFFFF;
  bool has_script = false;
  struct AssertPicture {
    std::string text;
    std::vector<std::uint32_t> columns;  ///< zero-based, of each recorded value
  };
  std::vector<AssertPicture> pictures;

  std::string_view intern(std::string_view text);

 private:
  std::unordered_map<std::string, std::unique_ptr<std::string>> names_;
};

/// Whether its code calls or reads something by that name anywhere: not what stands in texts and comments.
[[nodiscard]] bool mentions(const CodeUnit& unit, std::string_view name);

}  // namespace windlass::vm
