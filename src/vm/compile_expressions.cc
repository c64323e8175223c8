// Expressions: operands in registers, conditions as jumps, assignments, literals. Calls: compile_calls.cc.
#include <algorithm>

#include "vm/compiler.h"

namespace windlass::vm {

using namespace groovy;

namespace {

Op op_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::plus:
      return Op::add;
    case BinaryOp::minus:
      return Op::sub;
    case BinaryOp::multiply:
      return Op::mul;
    case BinaryOp::divide:
      return Op::div;
    case BinaryOp::modulo:
      return Op::mod;
    case BinaryOp::power:
      return Op::power;
    case BinaryOp::left_shift:
      return Op::shl;
    case BinaryOp::right_shift:
      return Op::shr;
    case BinaryOp::unsigned_right_shift:
      return Op::ushr;
    case BinaryOp::less:
      return Op::less;
    case BinaryOp::less_equal:
      return Op::less_equal;
    case BinaryOp::greater:
      return Op::greater;
    case BinaryOp::greater_equal:
      return Op::greater_equal;
    case BinaryOp::compare:
      return Op::compare;
    case BinaryOp::equal:
      return Op::equal;
    case BinaryOp::not_equal:
      return Op::not_equal;
    case BinaryOp::bit_and:
      return Op::bit_and;
    case BinaryOp::bit_or:
      return Op::bit_or;
    case BinaryOp::bit_xor:
      return Op::bit_xor;
    case BinaryOp::find_regex:
    case BinaryOp::match_regex:
    case BinaryOp::in:
    case BinaryOp::logical_and:
    case BinaryOp::logical_or:
    case BinaryOp::identical_unused:
      break;
  }
  return Op::move;
}

/// Whether evaluating `e` may change a local register of this function. Chains stand leftwards: walked in a loop.
bool may_assign(const Expr* e) {
  while (e != nullptr) {
    switch (e->kind) {
      case NodeKind::constant:
      case NodeKind::variable:
      case NodeKind::this_ref:
      case NodeKind::closure:
        return false;
      case NodeKind::binary:
        if (may_assign(as<Binary>(e)->right)) return true;
        e = as<Binary>(e)->left;
        break;
      case NodeKind::unary:
        e = as<Unary>(e)->operand;
        break;
      case NodeKind::property:
        e = as<Property>(e)->object;
        break;
      case NodeKind::index: {
        const auto* i = as<Index>(e);
        if (std::any_of(i->arguments.begin(), i->arguments.end(), may_assign)) return true;
        e = i->object;
        break;
      }
      case NodeKind::method_call: {
        const auto* c = as<MethodCall>(e);
        if (!c->arguments.named.empty()) return true;
        if (std::any_of(c->arguments.positional.begin(), c->arguments.positional.end(), may_assign)) return true;
        e = c->object;
        break;
      }
      case NodeKind::cast:
        e = as<Cast>(e)->value;
        break;
      case NodeKind::gstring: {
        const auto* g = as<GString>(e);
        return std::any_of(g->values.begin(), g->values.end(), may_assign);
      }
      default:
        return true;  // assignments, and whatever may hold one
    }
  }
  return false;
}

/// Whether compiling `e` writes its destination only as its last act.
bool writes_last(const Expr* e) {
  switch (e->kind) {
    case NodeKind::binary: {
      const auto op = as<Binary>(e)->op;
      return op != BinaryOp::logical_and && op != BinaryOp::logical_or;
    }
    case NodeKind::constant:
    case NodeKind::variable:
      return true;
    default:
      return false;
  }
}

/// Digits of any number, modulo 2^64: literals with a suffix that asks for less than they need wrap around in Groovy.
std::int64_t wrapped_digits(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::uint64_t n = 0;
  for (const char c : text.substr(negative ? 1 : 0)) n = n * 10 + static_cast<std::uint64_t>(c - '0');
  return static_cast<std::int64_t>(negative ? 0 - n : n);
}

bool is_small_int(const Expr* e, std::int32_t& out) {
  if (e->kind != NodeKind::constant || as<Constant>(e)->type != ConstantType::integer) return false;
  const std::string_view text = as<Constant>(e)->text;
  if (text.size() > 5) return false;
  std::int32_t n = 0;
  std::size_t i = text.starts_with('-') ? 1 : 0;
  for (; i < text.size(); ++i) n = n * 10 + (text[i] - '0');
  out = text.starts_with('-') ? -n : n;
  return out >= -30000 && out <= 30000;
}

}  // namespace

// ---- operands
// ------------------------------------------------------------------------------------------------------------------

Reg FunctionCompiler::fresh(const Expr* e) {
  const Reg reg = temp();
  to(e, reg);
  return reg;
}

Reg FunctionCompiler::operand(const Expr* e) {
  if (recorder_ == nullptr) {
    if (e->kind == NodeKind::variable) {
      const auto local = find(as<Variable>(e)->name);
      if (local && local->where == Local::Where::reg && !local->cell) return local->index;
    } else if (e->kind == NodeKind::this_ref && !in_closure()) {
      return 0;
    }
  }
  return fresh(e);
}

void FunctionCompiler::discard(const Expr* e) {
  const Reg mark = next_;
  switch (e->kind) {
    case NodeKind::assign:
      assign(*as<Assign>(e), 0, false);
      break;
    case NodeKind::increment:
      increment(*as<Increment>(e), 0, false);
      break;
    case NodeKind::declaration:
      declaration(*as<Declaration>(e), 0, false);
      return;  // keeps its registers until the scope ends
    default:
      (void)fresh(e);
      break;
  }
  release(mark);
}

std::uint32_t FunctionCompiler::column_of(const Expr* e) const {
  std::uint32_t offset = e->span.begin;
  if (e->kind == NodeKind::binary) offset = as<Binary>(e)->op_span.begin;
  if (e->kind == NodeKind::method_call && as<MethodCall>(e)->object != nullptr)
    offset = as<MethodCall>(e)->name->span.begin;
  if (e->kind == NodeKind::property) offset = as<Property>(e)->name->span.begin;
  if (e->kind == NodeKind::index) offset = as<Index>(e)->object->span.end;
  return offset - recorder_->base_offset;
}

void FunctionCompiler::record(const Expr* e, Reg reg) {
  switch (e->kind) {
    case NodeKind::variable:
    case NodeKind::binary:
    case NodeKind::unary:
    case NodeKind::property:
    case NodeKind::index:
    case NodeKind::method_call:
    case NodeKind::new_object:
    case NodeKind::instance_of:
    case NodeKind::increment:
    case NodeKind::assign:
      break;
    default:
      return;
  }
  if (recorder_->next == recorder_->end) return;
  if (e->kind == NodeKind::binary && as<Binary>(e)->op == BinaryOp::find_regex) {
    // shown like any other value
  }
  recorder_->columns.push_back(column_of(e));
  emit(Op::move, recorder_->next++, reg);
}

void FunctionCompiler::to(const Expr* e, Reg dest) {
  if (u_.stopped_at(e->span)) return;
  const Reg mark = next_;
  raw(e, dest);
  release(mark);
  if (recorder_ != nullptr) record(e, dest);
}

void FunctionCompiler::raw(const Expr* e, Reg dest) {
  switch (e->kind) {
    case NodeKind::constant:
      constant(*as<Constant>(e), dest);
      break;
    case NodeKind::gstring:
      gstring(*as<GString>(e), dest);
      break;
    case NodeKind::variable:
      variable(e, as<Variable>(e)->name, dest);
      break;
    case NodeKind::this_ref:
    case NodeKind::super_ref:
      if (in_closure()) {
        emit(Op::load_this, dest);
      } else {
        emit(Op::move, dest, 0);
      }
      break;
    case NodeKind::binary:
      binary(*as<Binary>(e), dest);
      break;
    case NodeKind::assign:
      assign(*as<Assign>(e), dest, true);
      break;
    case NodeKind::unary: {
      const auto* unary = as<Unary>(e);
      if (unary->op == UnaryOp::minus && unary->operand->kind == NodeKind::constant && recorder_ == nullptr) {
        // -2147483648 and other literals at the edge of their type.
        const auto* c = as<Constant>(unary->operand);
        if (c->type != ConstantType::string && c->type != ConstantType::null && c->type != ConstantType::boolean_true &&
            c->type != ConstantType::boolean_false) {
          Constant negative = *c;
          const std::string text =
              c->text.starts_with('-') ? std::string(c->text.substr(1)) : '-' + std::string(c->text);
          negative.text = u_.unit().intern(text);
          if (c->type == ConstantType::long_ && text == "-2147483648") negative.type = ConstantType::integer;
          constant(negative, dest);
          break;
        }
      }
      const Reg value = operand(unary->operand);
      switch (unary->op) {
        case UnaryOp::minus:
          at(e->span);
          emit(Op::negative, dest, value);
          break;
        case UnaryOp::plus:
          emit(Op::positive, dest, value);
          break;
        case UnaryOp::logical_not:
          emit(Op::logical_not, dest, value);
          break;
        case UnaryOp::bitwise_not:
          emit(Op::bitwise_not, dest, value);
          break;
      }
      break;
    }
    case NodeKind::increment:
      increment(*as<Increment>(e), dest, true);
      break;
    case NodeKind::ternary: {
      const auto* t = as<Ternary>(e);
      Label otherwise;
      Label end;
      jump_if(t->condition, false, otherwise);
      to(t->when_true, dest);
      emit_jump(Op::jump, 0, end);
      bind(otherwise);
      to(t->when_false, dest);
      bind(end);
      break;
    }
    case NodeKind::elvis: {
      Label end;
      to(as<Elvis>(e)->value, dest);
      emit_jump(Op::jump_true, dest, end);
      to(as<Elvis>(e)->fallback, dest);
      bind(end);
      break;
    }
    case NodeKind::property:
      property(*as<Property>(e), dest);
      break;
    case NodeKind::index:
      index(*as<Index>(e), dest);
      break;
    case NodeKind::method_call:
      call(*as<MethodCall>(e), dest);
      break;
    case NodeKind::constructor_call:
      constructor_call(*as<ConstructorCall>(e), temp());
      break;
    case NodeKind::new_object:
      construct(*as<NewObject>(e), dest);
      break;
    case NodeKind::new_array: {
      const auto* n = as<NewArray>(e);
      const Reg window = temp(2);
      TypeRef element = *n->type;
      element.array_dimensions = 0;
      std::uint16_t ref = u_.type(&element, context_);
      if (ref == kNone16) ref = u_.class_ref_known(java::object);
      emit(Op::load_null, window);
      emit_imm(Op::load_class, window + 1u, ref);
      const Reg depth = temp();
      emit_imm(Op::load_int, depth, n->type->array_dimensions);
      for (const Expr* size : n->sizes) (void)fresh(size);
      emit(Op::helper, window, 2u + static_cast<unsigned>(n->sizes.size()), static_cast<unsigned>(Helper::new_array));
      emit(Op::move, dest, window);
      break;
    }
    case NodeKind::list:
      list_literal(as<ListLiteral>(e)->elements, dest);
      break;
    case NodeKind::map:
      map_literal(as<MapLiteral>(e)->entries, dest);
      break;
    case NodeKind::range: {
      const auto* r = as<RangeLiteral>(e);
      const Reg base = temp(2);
      to(r->from, base);
      to(r->to, static_cast<Reg>(base + 1));
      emit(Op::new_range, dest, base, r->inclusive ? 1 : 0);
      break;
    }
    case NodeKind::closure:
      closure_literal(*as<Closure>(e), dest);
      break;
    case NodeKind::method_pointer: {
      const Reg window = temp();
      to(as<MethodPointer>(e)->object, window);
      (void)fresh(as<MethodPointer>(e)->name);
      emit(Op::helper, window, 1, static_cast<unsigned>(Helper::method_pointer));
      emit(Op::move, dest, window);
      break;
    }
    case NodeKind::cast: {
      const auto* c = as<Cast>(e);
      const std::uint16_t ref = u_.type(c->type, context_);
      if (ref == kNone16) {
        to(c->value, dest);
      } else {
        const Reg value = operand(c->value);
        at(e->span);
        emit(c->coerce ? Op::as_type : Op::cast, dest, value, ref);
      }
      break;
    }
    case NodeKind::instance_of: {
      const auto* i = as<InstanceOf>(e);
      const Reg value = operand(i->value);
      std::uint16_t ref = u_.type(i->type, context_);
      if (ref == kNone16) ref = u_.class_ref_known(java::object);
      emit(Op::instance_of, dest, value, ref);
      break;
    }
    case NodeKind::spread:
      to(as<Spread>(e)->value, dest);
      break;
    case NodeKind::declaration:
      declaration(*as<Declaration>(e), dest, true);
      break;
    default:
      emit(Op::load_null, dest);
      break;
  }
}

void FunctionCompiler::constant(const Constant& written, Reg dest) {
  Constant c = written;
  // The reader folds a sign into the number, and numbers know no negative zero.
  if ((c.type == ConstantType::float_ || c.type == ConstantType::double_) && c.text.starts_with('-') &&
      c.text.find_first_of("123456789") == std::string_view::npos) {
    c.text.remove_prefix(1);
  }
  using Type = UnitConstant::Type;
  switch (c.type) {
    case ConstantType::null:
      emit(Op::load_null, dest);
      return;
    case ConstantType::boolean_true:
      emit(Op::load_true, dest);
      return;
    case ConstantType::boolean_false:
      emit(Op::load_false, dest);
      return;
    case ConstantType::integer:
      emit_imm(Op::load_int, dest, static_cast<std::int32_t>(wrapped_digits(c.text)));
      return;
    case ConstantType::string:
      emit_imm(Op::load_const, dest, static_cast<std::int32_t>(u_.string_constant(c.text)));
      return;
    case ConstantType::long_:
      emit_imm(Op::load_const, dest,
               static_cast<std::int32_t>(u_.constant(Type::long_, std::to_string(wrapped_digits(c.text)))));
      return;
    case ConstantType::big_integer:
      emit_imm(Op::load_const, dest, static_cast<std::int32_t>(u_.constant(Type::big_integer, c.text)));
      return;
    case ConstantType::decimal:
      emit_imm(Op::load_const, dest, static_cast<std::int32_t>(u_.constant(Type::decimal, c.text)));
      return;
    case ConstantType::float_:
      emit_imm(Op::load_const, dest, static_cast<std::int32_t>(u_.constant(Type::float_, c.text)));
      return;
    case ConstantType::double_:
      emit_imm(Op::load_const, dest, static_cast<std::int32_t>(u_.constant(Type::double_, c.text)));
      return;
  }
}

void FunctionCompiler::gstring(const GString& g, Reg dest) {
  std::vector<std::uint32_t> texts;
  texts.reserve(g.strings.size());
  for (const std::string_view text : g.strings) texts.push_back(u_.string_constant(text));
  const Reg first = temp(static_cast<unsigned>(g.values.size()));
  for (std::size_t i = 0; i < g.values.size(); ++i) to(g.values[i], static_cast<Reg>(first + i));
  if (u_.unit().gstrings.size() > 0xFFFF) return u_.stop(g.span, "Method code too large!");
  u_.unit().gstrings.push_back(std::move(texts));
  emit(Op::gstring, dest, first, static_cast<unsigned>(u_.unit().gstrings.size() - 1));
}

void FunctionCompiler::list_literal(List<Expr*> elements, Reg dest) {
  const bool spread =
      std::any_of(elements.begin(), elements.end(), [](const Expr* e) { return e->kind == NodeKind::spread; });
  if (!spread && elements.size() <= 16) {
    const Reg first = temp(static_cast<unsigned>(elements.size()));
    for (std::size_t i = 0; i < elements.size(); ++i) to(elements[i], static_cast<Reg>(first + i));
    emit(Op::new_list, dest, first, static_cast<unsigned>(elements.size()));
    return;
  }
  const Reg list = temp();
  emit(Op::new_list, list, list, 0);
  for (const Expr* e : elements) {
    const Reg mark = next_;
    if (e->kind == NodeKind::spread) {
      emit(Op::list_push_all, list, operand(as<Spread>(e)->value));
    } else {
      emit(Op::list_push, list, operand(e), 1);
    }
    release(mark);
  }
  emit(Op::move, dest, list);
}

void FunctionCompiler::map_literal(List<MapEntry> entries, Reg dest) {
  const Reg map = temp();
  emit(Op::new_map, map);
  for (const MapEntry& entry : entries) {
    const Reg mark = next_;
    if (entry.key->kind == NodeKind::spread_map) {
      const Expr* value = as<SpreadMap>(entry.key)->value;
      emit(Op::map_put_all, map, operand(value != nullptr ? value : entry.value));
    } else {
      const Reg key = fresh(entry.key);
      const Reg value = operand(entry.value);
      emit(Op::map_put, map, key, value);
    }
    release(mark);
  }
  emit(Op::move, dest, map);
}

void FunctionCompiler::closure_literal(const Closure& c, Reg dest) {
  std::uint32_t number = 0;
  FunctionCode& code = u_.new_function("doCall", FunctionKind::closure, f_.class_index, &number);
  u_.note_closure(code, f_);
  code.is_static = f_.is_static;
  FunctionCompiler compiler(u_, code, context_, this);
  compiler.closure(c);
  emit_imm(Op::new_closure, dest, static_cast<std::int32_t>(number));
}

// ---- operators
// ----------------------------------------------------------------------------------------------------------------------

void FunctionCompiler::binary(const Binary& b, Reg dest) {
  switch (b.op) {
    case BinaryOp::logical_and:
    case BinaryOp::logical_or: {
      const bool is_or = b.op == BinaryOp::logical_or;
      if (recorder_ != nullptr) {
        Label end;
        const Reg left = fresh(b.left);
        emit(Op::truth, dest, left);
        emit_jump(is_or ? Op::jump_true : Op::jump_false, dest, end);
        const Reg right = fresh(b.right);
        emit(Op::truth, dest, right);
        bind(end);
        return;
      }
      Label short_cut;
      Label end;
      jump_if(b.left, is_or, short_cut);
      jump_if(b.right, is_or, short_cut);
      emit(is_or ? Op::load_false : Op::load_true, dest);
      emit_jump(Op::jump, 0, end);
      bind(short_cut);
      emit(is_or ? Op::load_true : Op::load_false, dest);
      bind(end);
      return;
    }
    case BinaryOp::find_regex:
    case BinaryOp::match_regex: {
      const Reg window = temp();
      to(b.left, window);
      (void)fresh(b.right);
      at(b.span);
      emit(Op::helper, window, 1,
           static_cast<unsigned>(b.op == BinaryOp::find_regex ? Helper::find_regex : Helper::match_regex));
      emit(Op::move, dest, window);
      return;
    }
    case BinaryOp::in: {
      const Reg subject = fresh(b.left);
      const Reg container = operand(b.right);
      at(b.span);
      emit(Op::switch_case, dest, subject, container);
      return;
    }
    default:
      break;
  }
  // Long chains of + stand leftwards: walk down without recursion.
  std::vector<const Binary*> spine{&b};
  while (recorder_ == nullptr && spine.back()->left->kind == NodeKind::binary) {
    const auto* left = as<Binary>(spine.back()->left);
    const Op op = op_of(left->op);
    if (op == Op::move) break;
    spine.push_back(left);
  }
  const Expr* first = spine.back()->left;
  Reg left = may_assign(spine.back()->right) || spine.size() > 1 ? 0xFFFF : operand(first);
  const Reg accumulator = temp();
  if (left == 0xFFFF) {
    if (may_assign(spine.back()->right)) {
      to(first, accumulator);
      left = accumulator;
    } else {
      left = operand(first);
    }
  }
  for (std::size_t i = spine.size(); i-- > 0;) {
    const Binary& node = *spine[i];
    const Reg out = i == 0 ? dest : accumulator;
    const Reg mark = next_;
    std::int32_t small = 0;
    if ((node.op == BinaryOp::plus || node.op == BinaryOp::minus) && is_small_int(node.right, small)) {
      at(node.op_span);
      emit(Op::add_imm, out, left,
           static_cast<std::uint16_t>(static_cast<std::int16_t>(node.op == BinaryOp::plus ? small : -small)));
      if (node.op == BinaryOp::minus) f_.code.back().op = Op::add_imm;
      // The sign of the written operator matters for strings and user types: kept in the next word.
      emit_imm(Op::load_int, node.op == BinaryOp::minus ? 1 : 0, small);
    } else {
      const Reg right = operand(node.right);
      at(node.op_span);
      emit(op_of(node.op), out, left, right);
    }
    release(mark);
    left = out;
  }
}

void FunctionCompiler::jump_if(const Expr* e, bool when, Label& label) {
  if (u_.stopped_at(e->span)) return;
  if (recorder_ != nullptr) {
    const Reg mark = next_;
    emit_jump(when ? Op::jump_true : Op::jump_false, fresh(e), label);
    release(mark);
    return;
  }
  if (e->kind == NodeKind::unary && as<Unary>(e)->op == UnaryOp::logical_not) {
    jump_if(as<Unary>(e)->operand, !when, label);
    return;
  }
  if (e->kind == NodeKind::constant) {
    const auto type = as<Constant>(e)->type;
    if (type == ConstantType::boolean_true || type == ConstantType::boolean_false) {
      if ((type == ConstantType::boolean_true) == when) emit_jump(Op::jump, 0, label);
      return;
    }
  }
  if (e->kind == NodeKind::binary) {
    const auto& b = *as<Binary>(e);
    if (b.op == BinaryOp::logical_and || b.op == BinaryOp::logical_or) {
      if ((b.op == BinaryOp::logical_or) == when) {
        jump_if(b.left, when, label);
        jump_if(b.right, when, label);
      } else {
        Label skip;
        jump_if(b.left, !when, skip);
        jump_if(b.right, when, label);
        bind(skip);
      }
      return;
    }
    Op op = Op::move;
    switch (b.op) {
      case BinaryOp::less:
        op = when ? Op::jump_less : Op::jump_not_less;
        break;
      case BinaryOp::less_equal:
        op = when ? Op::jump_less_equal : Op::jump_not_less_equal;
        break;
      case BinaryOp::greater:
        op = when ? Op::jump_greater : Op::jump_not_greater;
        break;
      case BinaryOp::greater_equal:
        op = when ? Op::jump_greater_equal : Op::jump_not_greater_equal;
        break;
      case BinaryOp::equal:
        op = when ? Op::jump_equal : Op::jump_not_equal;
        break;
      case BinaryOp::not_equal:
        op = when ? Op::jump_not_equal : Op::jump_equal;
        break;
      default:
        break;
    }
    if (op != Op::move) {
      const Reg mark = next_;
      const Reg left = may_assign(b.right) ? fresh(b.left) : operand(b.left);
      const Reg right = operand(b.right);
      at(b.op_span);
      emit_fused(op, left, right, label);
      release(mark);
      return;
    }
  }
  const Reg mark = next_;
  emit_jump(when ? Op::jump_true : Op::jump_false, operand(e), label);
  release(mark);
}

// ---- variables
// ------------------------------------------------------------------------------------------------------------------------

const FieldTemplate* FunctionCompiler::own_field(std::string_view name, std::uint16_t& class_index) {
  if (context_ == nullptr || u_.unit().classes.empty()) return nullptr;
  for (const FieldTemplate& f : u_.class_template(context_->index).fields) {
    if (f.name == name) {
      class_index = context_->index;
      return &f;
    }
  }
  return nullptr;
}

void FunctionCompiler::variable(const Expr* e, std::string_view name, Reg dest) {
  if (const auto local = find(name)) {
    load_local(*local, dest);
    return;
  }
  at(e->span);
  if (in_closure() && (name == "owner" || name == "delegate")) {
    const Reg window = temp();
    emit(Op::move, window, 0);
    emit(Op::helper, window, 0,
         static_cast<unsigned>(name == "owner" ? Helper::closure_owner : Helper::closure_delegate));
    emit(Op::move, dest, window);
    return;
  }
  std::uint16_t owner = 0;
  if (const FieldTemplate* field = own_field(name, owner)) {
    if (field->is_static) {
      emit(Op::get_static, dest, 0, site(name, 0, u_.class_ref_of_template(owner)));
      return;
    }
    if (!in_closure() && !in_static()) {
      emit(Op::get_field, dest, 0, site(name));
      return;
    }
    if (in_closure() && !in_static() && u_.class_template(owner).is_script) {
      emit(Op::load_this, dest);
      emit(Op::get_field, dest, dest, site(name));
      return;
    }
  }
  const std::uint16_t ref = u_.find_class_ref(name, context_);
  if (ref != kNone16) {
    emit_imm(Op::load_class, dest, ref);
    return;
  }
  if (const auto import = u_.static_import(name)) {
    emit_imm(Op::load_class, dest, import->first);
    emit(Op::get_property, dest, dest, site(import->second));
    return;
  }
  load_static_stars();
  emit(Op::get_name, dest, 0, site(name));
}

bool FunctionCompiler::needs_coercion(std::uint16_t type_ref) const { return type_ref != kNone16; }

void FunctionCompiler::coerce_to(Reg reg, std::uint16_t type_ref) {
  if (needs_coercion(type_ref)) emit(Op::coerce, reg, reg, type_ref);
}

void FunctionCompiler::assign_variable(Span span, std::string_view name, Reg value) {
  if (const auto local = find(name)) {
    store_local(*local, value);
    return;
  }
  at(span);
  std::uint16_t owner = 0;
  if (const FieldTemplate* field = own_field(name, owner)) {
    if (field->is_static) {
      emit(Op::set_static, value, 0, site(name, 0, u_.class_ref_of_template(owner)));
      return;
    }
    if (!in_closure() && !in_static()) {
      emit(Op::set_field, 0, value, site(name));
      return;
    }
    if (in_closure() && !in_static() && u_.class_template(owner).is_script) {
      const Reg mark = next_;
      const Reg self = temp();
      emit(Op::load_this, self);
      emit(Op::set_field, self, value, site(name));
      release(mark);
      return;
    }
  }
  emit(Op::set_name, 0, value, site(name));
}

void FunctionCompiler::assign_to(const Expr* target, Reg value) {
  if (u_.stopped_at(target->span)) return;
  switch (target->kind) {
    case NodeKind::variable: {
      const auto local = find(as<Variable>(target)->name);
      if (local && needs_coercion(local->type)) {
        const Reg mark = next_;
        const Reg copy = temp();
        emit(Op::coerce, copy, value, local->type);
        store_local(*local, copy);
        release(mark);
      } else {
        assign_variable(target->span, as<Variable>(target)->name, value);
      }
      break;
    }
    case NodeKind::property: {
      const auto* p = as<Property>(target);
      const Reg mark = next_;
      std::uint16_t owner = 0;
      const bool on_this = p->object->kind == NodeKind::this_ref && p->name->kind == NodeKind::constant && !in_static();
      const FieldTemplate* field = on_this ? own_field(as<Constant>(p->name)->text, owner) : nullptr;
      const Reg object = operand(p->object);
      at(target->span);
      if (field != nullptr && !field->is_static) {
        emit(Op::set_field, object, value, site(field->name));
      } else {
        Label end;
        if (p->safe) emit_jump(Op::jump_null, object, end);
        const std::uint8_t flags = p->attribute ? site_attribute : 0;
        if (p->name->kind == NodeKind::constant) {
          const bool on_super = p->object->kind == NodeKind::super_ref;
          emit(Op::set_property, object, value, site(as<Constant>(p->name)->text, on_super ? site_implicit : flags));
        } else {
          const Reg pair = temp(2);
          to(p->name, static_cast<Reg>(pair + 1));
          emit(Op::move, pair, value);
          emit(Op::set_property, object, pair, site("", flags | site_dynamic));
        }
        bind(end);
      }
      release(mark);
      break;
    }
    case NodeKind::index: {
      const auto* i = as<Index>(target);
      const Reg mark = next_;
      const Reg object = operand(i->object);
      const Reg key = temp();
      if (i->arguments.size() == 1) {
        to(i->arguments[0], key);
      } else {
        list_literal(i->arguments, key);
      }
      at(target->span);
      emit(Op::set_index, object, key, value);
      release(mark);
      break;
    }
    case NodeKind::list: {
      const auto& elements = as<ListLiteral>(target)->elements;
      for (std::size_t i = 0; i < elements.size(); ++i) {
        const Reg mark = next_;
        const Reg key = temp(2);
        emit_imm(Op::load_int, key, static_cast<std::int32_t>(i));
        emit(Op::get_index, key + 1u, value, key);
        assign_to(elements[i], static_cast<Reg>(key + 1));
        release(mark);
      }
      break;
    }
    default:
      u_.error(target->span, "The LHS of an assignment should be a variable or a field accessing expression");
      break;
  }
}

void FunctionCompiler::assign(const Assign& a, Reg dest, bool wanted) {
  const Reg mark = next_;
  if (!a.compound) {
    if (a.target->kind == NodeKind::variable && !wanted) {
      const auto local = find(as<Variable>(a.target)->name);
      if (local && local->where == Local::Where::reg && !local->cell && !needs_coercion(local->type) &&
          writes_last(a.value)) {
        to(a.value, local->index);
        return;
      }
    }
    if (a.target->kind == NodeKind::property || a.target->kind == NodeKind::index) {
      // Receiver and index are evaluated before the value.
      const Expr* object_expr =
          a.target->kind == NodeKind::property ? as<Property>(a.target)->object : as<Index>(a.target)->object;
      const bool simple = object_expr->kind == NodeKind::variable || object_expr->kind == NodeKind::this_ref;
      if (!simple && a.target->kind == NodeKind::index && as<Index>(a.target)->arguments.size() == 1) {
        const Reg object = operand(object_expr);
        const Reg key = fresh(as<Index>(a.target)->arguments[0]);
        const Reg value = operand(a.value);
        at(a.span);
        emit(Op::set_index, object, key, value);
        if (wanted) emit(Op::move, dest, value);
        release(mark);
        return;
      }
    }
    const Reg value = a.target->kind == NodeKind::list ? fresh(a.value) : operand(a.value);
    assign_to(a.target, value);
    if (wanted) {
      if (a.target->kind == NodeKind::variable) {
        const auto local = find(as<Variable>(a.target)->name);
        if (local && needs_coercion(local->type)) {
          load_local(*local, dest);
          release(mark);
          return;
        }
      }
      emit(Op::move, dest, value);
    }
    release(mark);
    return;
  }
  const Op op = op_of(a.op);
  const auto apply = [&](Reg left) -> Reg {
    const Reg result = temp();
    const Reg inner = next_;
    std::int32_t small = 0;
    if ((a.op == BinaryOp::plus || a.op == BinaryOp::minus) && is_small_int(a.value, small)) {
      at(a.op_span);
      emit(Op::add_imm, result, left,
           static_cast<std::uint16_t>(static_cast<std::int16_t>(a.op == BinaryOp::plus ? small : -small)));
      emit_imm(Op::load_int, a.op == BinaryOp::minus ? 1 : 0, small);
    } else {
      const Reg right = operand(a.value);
      at(a.op_span);
      emit(op, result, left, right);
    }
    release(inner);
    return result;
  };
  switch (a.target->kind) {
    case NodeKind::property: {
      const auto* p = as<Property>(a.target);
      const Reg object = fresh(p->object);
      const Reg current = temp();
      if (p->name->kind == NodeKind::constant) {
        const std::string_view name = as<Constant>(p->name)->text;
        std::uint16_t owner = 0;
        const bool own = p->object->kind == NodeKind::this_ref && !in_static() && own_field(name, owner) != nullptr &&
                         !own_field(name, owner)->is_static;
        at(a.span);
        const std::uint8_t flags = p->object->kind == NodeKind::super_ref ? site_implicit
                                   : p->attribute                         ? site_attribute
                                                                          : 0;
        emit(own ? Op::get_field : Op::get_property, current, object, site(name, flags));
        const Reg result = apply(current);
        emit(own ? Op::set_field : Op::set_property, object, result, site(name, flags));
        if (wanted) emit(Op::move, dest, result);
      } else {
        const Reg name = fresh(p->name);
        const Reg pair = temp(2);
        emit(Op::move, pair, object);
        emit(Op::move, pair + 1u, name);
        emit(Op::get_property, current, pair, site("", site_dynamic));
        const Reg result = apply(current);
        emit(Op::move, pair, result);
        emit(Op::move, pair + 1u, name);
        emit(Op::set_property, object, pair, site("", site_dynamic));
        if (wanted) emit(Op::move, dest, result);
      }
      break;
    }
    case NodeKind::index: {
      const auto* i = as<Index>(a.target);
      const Reg object = fresh(i->object);
      const Reg key = temp();
      if (i->arguments.size() == 1) {
        to(i->arguments[0], key);
      } else {
        list_literal(i->arguments, key);
      }
      const Reg current = temp();
      at(a.span);
      emit(Op::get_index, current, object, key);
      const Reg result = apply(current);
      emit(Op::set_index, object, key, result);
      if (wanted) emit(Op::move, dest, result);
      break;
    }
    case NodeKind::variable: {
      const auto local = find(as<Variable>(a.target)->name);
      if (local && local->where == Local::Where::reg && !local->cell && !needs_coercion(local->type) &&
          !may_assign(a.value)) {
        std::int32_t small = 0;
        if ((a.op == BinaryOp::plus || a.op == BinaryOp::minus) && is_small_int(a.value, small)) {
          at(a.op_span);
          emit(Op::add_imm, local->index, local->index,
               static_cast<std::uint16_t>(static_cast<std::int16_t>(a.op == BinaryOp::plus ? small : -small)));
          emit_imm(Op::load_int, a.op == BinaryOp::minus ? 1 : 0, small);
        } else {
          const Reg right = operand(a.value);
          at(a.op_span);
          emit(op, local->index, local->index, right);
        }
        if (wanted) emit(Op::move, dest, local->index);
        break;
      }
      const Reg current = may_assign(a.value) ? fresh(a.target) : operand(a.target);
      const Reg result = apply(current);
      assign_to(a.target, result);
      if (wanted) {
        if (local && needs_coercion(local->type)) {
          load_local(*local, dest);
        } else {
          emit(Op::move, dest, result);
        }
      }
      break;
    }
    default:
      u_.error(a.target->span, "The LHS of an assignment should be a variable or a field accessing expression");
      break;
  }
  release(mark);
}

void FunctionCompiler::increment(const Increment& i, Reg dest, bool wanted) {
  const Reg mark = next_;
  const Op op = i.delta > 0 ? Op::next : Op::previous;
  at(i.span);
  switch (i.operand->kind) {
    case NodeKind::property: {
      const auto* p = as<Property>(i.operand);
      if (p->name->kind != NodeKind::constant) break;
      const Reg object = fresh(p->object);
      const Reg current = temp(2);
      const std::string_view name = as<Constant>(p->name)->text;
      std::uint16_t owner = 0;
      const bool own = p->object->kind == NodeKind::this_ref && !in_static() && own_field(name, owner) != nullptr &&
                       !own_field(name, owner)->is_static;
      const std::uint8_t flags = p->object->kind == NodeKind::super_ref ? site_implicit
                                 : p->attribute                         ? site_attribute
                                                                        : 0;
      emit(own ? Op::get_field : Op::get_property, current, object, site(name, flags));
      emit(op, current + 1u, current);
      emit(own ? Op::set_field : Op::set_property, object, current + 1u, site(name, flags));
      if (wanted) emit(Op::move, dest, i.prefix ? current + 1u : current);
      break;
    }
    case NodeKind::index: {
      const auto* x = as<Index>(i.operand);
      const Reg object = fresh(x->object);
      const Reg key = temp();
      if (x->arguments.size() == 1) {
        to(x->arguments[0], key);
      } else {
        list_literal(x->arguments, key);
      }
      const Reg current = temp(2);
      emit(Op::get_index, current, object, key);
      emit(op, current + 1u, current);
      emit(Op::set_index, object, key, current + 1u);
      if (wanted) emit(Op::move, dest, i.prefix ? current + 1u : current);
      break;
    }
    case NodeKind::variable: {
      const auto local = find(as<Variable>(i.operand)->name);
      if (local && local->where == Local::Where::reg && !local->cell) {
        if (wanted && !i.prefix) {
          if (dest == local->index) {
            emit(Op::move, dest, local->index);
            break;
          }
          emit(Op::move, dest, local->index);
        }
        emit(op, local->index, local->index);
        if (wanted && i.prefix) emit(Op::move, dest, local->index);
        break;
      }
      const Reg current = temp(2);
      to(i.operand, current);
      emit(op, current + 1u, current);
      assign_to(i.operand, static_cast<Reg>(current + 1));
      if (wanted) emit(Op::move, dest, i.prefix ? current + 1u : current);
      break;
    }
    default: {
      const Reg value = fresh(i.operand);
      emit(op, value, value);
      if (wanted) emit(Op::move, dest, value);
      break;
    }
  }
  release(mark);
}

void FunctionCompiler::declaration(const Declaration& d, Reg dest, bool wanted) {
  for (const Annotation& a : d.annotations) {
    if (a.name == "Field" || a.name.ends_with(".Field")) return;
    if (a.name.ends_with("Library") && d.value == nullptr) return;
  }
  if (!d.multiple) {
    const DeclaredVariable& v = d.variables[0];
    const std::uint16_t type_ref = u_.type(v.type, context_);
    // The variable's register is taken first, so that it stands below the temporaries of its value.
    const Reg reg = temp();
    if (d.value != nullptr) {
      to(d.value, reg);
      at(d.span);
      coerce_to(reg, type_ref);
    } else if (v.type != nullptr && v.type->array_dimensions == 0 && type_ref != kNone16) {
      const ClassId id = u_.unit().class_refs[type_ref].known;
      if (id == java::p_boolean) {
        emit(Op::load_false, reg);
      } else if (id >= java::p_char && id <= java::p_double) {
        emit_imm(Op::load_int, reg, 0);
        coerce_to(reg, type_ref);
      } else {
        emit(Op::load_null, reg);
      }
    } else {
      emit(Op::load_null, reg);
    }
    if (wanted) emit(Op::move, dest, reg);
    Local local{Local::Where::reg, reg, u_.facts.needs_cell(&v), type_ref, {}};
    if (local.cell) emit(Op::new_cell, reg, reg);
    enter(v.name, local);
    return;
  }
  const Reg first = temp(static_cast<unsigned>(d.variables.size()));
  const Reg mark = next_;
  const Reg value = d.value != nullptr ? fresh(d.value) : temp();
  if (d.value == nullptr) emit(Op::load_null, value);
  for (std::size_t i = 0; i < d.variables.size(); ++i) {
    const auto& v = d.variables[i];
    const auto reg = static_cast<Reg>(first + i);
    const std::uint16_t type_ref = u_.type(v.type, context_);
    if (d.value == nullptr) {
      emit(Op::load_null, reg);
    } else {
      const Reg key = temp();
      emit_imm(Op::load_int, key, static_cast<std::int32_t>(i));
      emit(Op::get_index, reg, value, key);
      coerce_to(reg, type_ref);
      release(key);
    }
    Local local{Local::Where::reg, reg, u_.facts.needs_cell(&v), type_ref, {}};
    if (local.cell) emit(Op::new_cell, reg, reg);
    enter(v.name, local);
  }
  if (wanted) emit(Op::move, dest, value);
  release(mark);
}

}  // namespace windlass::vm
