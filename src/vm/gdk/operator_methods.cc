// Operators by their method names: `5.plus(3)`, `list.getAt(0)`, `.&plus`. The evaluator's operators do not come here;
// these say the same for who calls the method. Pairs that no operator knows are missing methods.
#include <algorithm>

#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

Vm::State& state_of(Call& call) { return call.vm().state(); }

template <Op kOp>
Status arithmetic(Call& call) {
  Value out;
  bool failed = false;
  if (!state_of(call).arithmetic(kOp, call.self(), call.arg(0), out, failed)) return call.throw_missing_method();
  return failed ? Status::thrown : call.give(out);
}
/// `n.next()`, `n.previous()`.
template <Op kOp>
Status step(Call& call) {
  Value out;
  bool failed = false;
  if (!state_of(call).arithmetic(kOp, call.self(), Value::of_int(1), out, failed)) return call.throw_missing_method();
  if (failed) return Status::thrown;
  if (call.self().is_character()) return call.give(Value::character(static_cast<char16_t>(call.to_int(out))));
  return call.give(out);
}
Status unary_minus(Call& call) {
  Value out;
  bool failed = false;
  if (!state_of(call).arithmetic(Op::mul, call.self(), Value::of_int(-1), out, failed)) {
    return call.throw_missing_method();
  }
  return failed ? Status::thrown : call.give(out);
}
Status itself(Call& call) { return call.give(call.self()); }
Status bitwise_negate(Call& call) {
  Value out;
  bool failed = false;
  if (!state_of(call).arithmetic(Op::bit_xor, call.self(), Value::of_int(-1), out, failed)) {
    return call.throw_missing_method();
  }
  return failed ? Status::thrown : call.give(out);
}

Status boolean_and(Call& call) { return call.give(call.self().is_true() && call.bool_arg(0)); }
Status boolean_or(Call& call) { return call.give(call.self().is_true() || call.bool_arg(0)); }
Status boolean_xor(Call& call) { return call.give(call.self().is_true() != call.bool_arg(0)); }
Status boolean_implies(Call& call) { return call.give(!call.self().is_true() || call.bool_arg(0)); }

Status text_plus(Call& call) { return slow_operator(Op::add)(call); }
Status get_at(Call& call) { return kNativeGetIndex(call); }
Status put_at(Call& call) {
  VM_DO(kNativeSetIndex(call));
  return call.give_null();
}

/// `text << x` makes a StringBuffer.
Status text_left_shift(Call& call) {
  TextBuilder out;
  out.append(call.text_of(call.self()));
  VM_DO(call.to_text(call.arg(0), out));
  return call.give(call.heap().make_string_builder(java::string_buffer, out.view()));
}

/// The next text: the last character that is not the largest one counts up, as `'az'.next()` is `'a{'`.
Status text_neighbour(Call& call, bool up) {
  std::u16string text = call.text_of(call.self()).utf16();
  const char16_t limit = up ? u'\uFFFF' : u'\0';
  if (text.empty()) return call.give_text(TextView(std::u16string_view(up ? std::u16string(1, u'\0') : text)));
  std::size_t at = text.size();
  while (at > 0 && text[at - 1] == limit) --at;
  if (at == 0) {
    if (up) {
      text.append(1, u'\0');
    } else {
      text.pop_back();
    }
  } else {
    text[at - 1] = static_cast<char16_t>(up ? text[at - 1] + 1 : text[at - 1] - 1);
  }
  return call.give_text(TextView(std::u16string_view(text)));
}
Status text_next(Call& call) { return text_neighbour(call, true); }
Status text_previous(Call& call) { return text_neighbour(call, false); }

constexpr NativeMethod kMethods[] = {
    {"java.lang.Number", "plus", "Number", arithmetic<Op::add>},
    {"java.lang.Number", "plus", "Character", arithmetic<Op::add>},
    {"java.lang.Number", "plus", "String", text_plus},
    {"java.lang.Number", "minus", "Number", arithmetic<Op::sub>},
    {"java.lang.Number", "minus", "Character", arithmetic<Op::sub>},
    {"java.lang.Number", "multiply", "Number", arithmetic<Op::mul>},
    {"java.lang.Number", "multiply", "Character", arithmetic<Op::mul>},
    {"java.lang.Number", "div", "Number", arithmetic<Op::div>},
    {"java.lang.Number", "div", "Character", arithmetic<Op::div>},
    {"java.lang.Number", "mod", "Number", arithmetic<Op::mod>},
    {"java.lang.Number", "power", "Number", arithmetic<Op::power>},
    {"java.lang.Number", "leftShift", "Number", arithmetic<Op::shl>},
    {"java.lang.Number", "rightShift", "Number", arithmetic<Op::shr>},
    {"java.lang.Number", "rightShiftUnsigned", "Number", arithmetic<Op::ushr>},
    {"java.lang.Number", "and", "Number", arithmetic<Op::bit_and>},
    {"java.lang.Number", "or", "Number", arithmetic<Op::bit_or>},
    {"java.lang.Number", "xor", "Number", arithmetic<Op::bit_xor>},
    {"java.lang.Number", "next", "", step<Op::add>},
    {"java.lang.Number", "previous", "", step<Op::sub>},
    {"java.lang.Number", "unaryMinus", "", unary_minus},
    {"java.lang.Number", "unaryPlus", "", itself},
    {"java.lang.Number", "bitwiseNegate", "", bitwise_negate},
    {"java.lang.Character", "plus", "Number", arithmetic<Op::add>},
    {"java.lang.Character", "plus", "Character", arithmetic<Op::add>},
    {"java.lang.Character", "minus", "Number", arithmetic<Op::sub>},
    {"java.lang.Character", "minus", "Character", arithmetic<Op::sub>},
    {"java.lang.Character", "multiply", "Number", arithmetic<Op::mul>},
    {"java.lang.Character", "next", "", step<Op::add>},
    {"java.lang.Character", "previous", "", step<Op::sub>},
    {"java.lang.Boolean", "and", "Boolean", boolean_and},
    {"java.lang.Boolean", "or", "Boolean", boolean_or},
    {"java.lang.Boolean", "xor", "Boolean", boolean_xor},
    {"java.lang.Boolean", "implies", "Boolean", boolean_implies},
    {"java.lang.String", "plus", "Object", text_plus},
    {"groovy.lang.GString", "plus", "Object", text_plus},
    {"java.lang.String", "leftShift", "Object", text_left_shift},
    {"java.lang.String", "next", "", text_next},
    {"java.lang.String", "previous", "", text_previous},
    {"java.lang.CharSequence", "getAt", "int", get_at},
    {"java.lang.CharSequence", "getAt", "Collection", get_at},
    {"java.util.List", "getAt", "int", get_at},
    {"java.util.List", "getAt", "Collection", get_at},
    {"java.lang.Object[]", "getAt", "int", get_at},
    {"java.lang.Object[]", "getAt", "Collection", get_at},
    {"java.util.Map", "getAt", "Object", get_at},
    {"java.util.List", "putAt", "int,Object", put_at},
    {"java.util.List", "putAt", "Collection,Object", put_at},
    {"java.lang.Object[]", "putAt", "int,Object", put_at},
    {"java.util.Map", "putAt", "Object,Object", put_at},
};

}  // namespace

NativeTable operator_methods() { return kMethods; }

}  // namespace windlass::vm
