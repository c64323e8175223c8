// Functions and statements: registers, scopes, jumps, try regions. See compiler.h.
//
// finally blocks are emitted once per way out (normal end, each return, break or continue that leaves, and the
// exceptional one), each copy outside the region it belongs to.
#include <algorithm>

#include "vm/compiler.h"

namespace windlass::vm {

using namespace groovy;

namespace {
constexpr std::uint32_t kNotListed = 0xFFFFFFFF;
}

// ---- emission
// -------------------------------------------------------------------------------------------------------------

void FunctionCompiler::emit(Op op, unsigned a, unsigned b, unsigned c) {
  u_.count_instruction();
  f_.code.push_back({op, static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b), static_cast<std::uint16_t>(c)});
}

void FunctionCompiler::emit_imm(Op op, unsigned a, std::int32_t imm) {
  Insn insn{op, static_cast<std::uint16_t>(a)};
  insn.set_imm(imm);
  u_.count_instruction();
  f_.code.push_back(insn);
}

void FunctionCompiler::emit_jump(Op op, unsigned a, Label& label) {
  if (label.pc == 0xFFFFFFFF) label.uses.push_back(pc());
  emit_imm(op, a, static_cast<std::int32_t>(label.pc));
}

void FunctionCompiler::emit_fused(Op op, unsigned a, unsigned b, Label& label) {
  emit(op, a, b);
  emit_jump(Op::jump, 0, label);
}

void FunctionCompiler::bind(Label& label) {
  label.pc = pc();
  for (const std::uint32_t use : label.uses) f_.code[use].set_imm(static_cast<std::int32_t>(label.pc));
  label.uses.clear();
}

void FunctionCompiler::at(Span span) {
  const std::uint32_t line = u_.line_of(span.begin);
  if (f_.lines.empty() || f_.lines.back().second != line) {
    if (!f_.lines.empty() && f_.lines.back().first == pc()) {
      f_.lines.back().second = line;
    } else {
      f_.lines.emplace_back(pc(), line);
    }
  }
}

std::uint16_t FunctionCompiler::site(std::string_view name, std::uint8_t flags, std::uint16_t type) {
  Site s;
  s.name = u_.unit().intern(name);
  s.constant = u_.string_constant(name);
  s.flags = static_cast<std::uint8_t>(flags | context_flags());
  s.type = (flags & site_typed) != 0 ? argument_types_ : type;
  f_.sites.push_back(s);
  if (f_.sites.size() == 0xFFFF) u_.stop({}, "Method code too large!");
  return static_cast<std::uint16_t>(f_.sites.size() - 1);
}

std::uint8_t FunctionCompiler::context_flags() const {
  std::uint8_t flags = 0;
  if (in_closure()) flags |= site_in_closure;
  if (in_static()) flags |= site_static;
  return flags;
}

bool FunctionCompiler::in_static() const { return static_context_; }

Reg FunctionCompiler::temp(unsigned count) {
  const Reg first = next_;
  if (next_ + count > 60000) {
    u_.stop({}, "Method code too large!");
    return first;
  }
  next_ = static_cast<Reg>(next_ + count);
  f_.registers = std::max(f_.registers, next_);
  return first;
}

void FunctionCompiler::begin(List<Parameter> parameters, bool self) {
  next_ = self ? 1 : 0;
  f_.registers = std::max<std::uint16_t>(1, next_);
  for (const Parameter& p : parameters) {
    ParameterInfo info;
    info.name = u_.unit().intern(p.name);
    info.type = u_.type(p.type, context_);
    info.has_default = p.default_value != nullptr;
    info.varargs = p.varargs;
    if (p.varargs) {
      TypeRef array = p.type != nullptr ? *p.type : TypeRef{"Object", {}, 0, p.span};
      if (array.array_dimensions == 0) array.array_dimensions = 1;
      info.type = u_.type(&array, context_);
    }
    const bool last = &p == &parameters.back();
    if (last && info.type != kNone16 && u_.unit().class_refs[info.type].arrays > 0) f_.varargs = info.varargs = true;
    if (info.type != kNone16) f_.typed_parameters = true;
    if (info.has_default) {
      f_.has_defaults = true;
    } else {
      ++f_.required;
    }
    f_.parameters.push_back(info);
    const Reg reg = temp();
    enter_parameter(info.name, {Local::Where::reg, reg, false, info.type, {}});
  }
}

void FunctionCompiler::parameter_defaults(List<Parameter> parameters) {
  const std::size_t first = scope_.size() - parameters.size();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    Local& local = scope_[first + i].local;
    if (p.default_value != nullptr) {
      Label given;
      emit_jump(Op::jump_defined, local.index, given);
      to(p.default_value, local.index);
      coerce_to(local.index, local.type);
      bind(given);
    }
    if (u_.facts.needs_cell(&p)) {
      emit(Op::new_cell, local.index, local.index);
      local.cell = true;
    }
    scope_[first + i].listed = static_cast<std::uint32_t>(f_.locals.size());
    f_.locals.push_back({f_.parameters[i].name, local.index, local.cell, pc(), 0xFFFFFFFF});
  }
}

void FunctionCompiler::finish() {
  f_.scratch = f_.registers;
  f_.registers = static_cast<std::uint16_t>(f_.registers + 4);
  for (LocalInfo& local : f_.locals) local.end = std::min(local.end, pc());
  f_.code.shrink_to_fit();
  f_.lines.shrink_to_fit();
  f_.sites.shrink_to_fit();
}

// ---- functions
// --------------------------------------------------------------------------------------------------------------

void FunctionCompiler::method(const MethodDecl& m) {
  static_context_ = f_.is_static;
  f_.return_type =
      m.return_type != nullptr && m.return_type->name == "void" ? kNone16 : u_.type(m.return_type, context_);
  is_void_ = m.return_type != nullptr && m.return_type->name == "void";
  begin(m.parameters, !f_.self_is_parameter);
  if (m.body == nullptr) {
    finish();
    return;
  }
  parameter_defaults(m.parameters);
  statements(m.body->statements, !is_void_);
  emit(Op::return_null);
  finish();
}

void FunctionCompiler::script_body(List<Stmt*> list) {
  begin({}, true);
  statements(list, true);
  emit(Op::return_null);
  finish();
}

void FunctionCompiler::script_constructor(const std::vector<const Declaration*>& declared) {
  begin({}, true);
  script_fields(declared, false);
  emit(Op::return_, 0);
  finish();
}

void FunctionCompiler::script_class_init(const std::vector<const Declaration*>& declared) {
  static_context_ = true;
  begin({}, true);
  script_fields(declared, true);
  emit(Op::return_null);
  finish();
}

/// Initial values of the @Field variables that are static, or of those that are not.
void FunctionCompiler::script_fields(const std::vector<const Declaration*>& declared, bool of_class) {
  for (const Declaration* declaration : declared) {
    const auto& d = *declaration;
    if (d.value == nullptr || d.multiple) continue;
    std::uint16_t owner = 0;
    const FieldTemplate* field = own_field(d.variables[0].name, owner);
    if (field == nullptr || field->is_static != of_class) continue;
    at(d.span);
    const Reg mark = next_;
    const Reg value = fresh(d.value);
    if (field->is_static) {
      emit(Op::set_static, value, 0, site(field->name, 0, u_.class_ref_of_template(owner)));
    } else {
      emit(Op::set_field, 0, value, site(field->name));
    }
    release(mark);
  }
}

void FunctionCompiler::field_initializers(const ClassDecl& d) {
  for (const FieldDecl* f : d.fields) {
    if ((f->modifiers & mod_static) != 0 || d.kind == ClassKind::interface_ || f->initial_value == nullptr) continue;
    if (has_annotation(f->annotations, "Lazy")) continue;  // when it is asked for
    at(f->span);
    const Reg mark = next_;
    const Reg value = fresh(f->initial_value);
    emit(Op::set_field, 0, value, site(f->name));
    release(mark);
  }
  for (const Initializer& i : d.initializers) {
    if (!i.is_static) statement(i.body, false);
  }
}

void FunctionCompiler::constructor(const MethodDecl* m, const ClassDecl& d, bool is_enum) {
  (void)is_enum;
  if (m != nullptr) {
    begin(m->parameters, true);
    parameter_defaults(m->parameters);
  } else {
    begin({}, true);
  }
  List<Stmt*> body = m != nullptr && m->body != nullptr ? m->body->statements : List<Stmt*>{};
  bool delegates = false;
  if (!body.empty() && body[0]->kind == NodeKind::expression_statement &&
      as<ExpressionStatement>(body[0])->expression->kind == NodeKind::constructor_call) {
    const auto* call_node = as<ConstructorCall>(as<ExpressionStatement>(body[0])->expression);
    at(call_node->span);
    const Reg mark = next_;
    constructor_call(*call_node, temp());
    release(mark);
    delegates = !call_node->is_super;
    body = body.subspan(1);
  } else if (d.superclass != nullptr || u_.class_template(context_->index).is_anonymous) {
    // The body of an enum's constant is such a class too, and names no super class. An anonymous class hands its
    // arguments to its super class: done by the interpreter (construct).
    const Reg mark = next_;
    const Reg window = temp();
    emit(Op::move, window, 0);
    emit(Op::call_constructor, window, 0,
         site("super", u_.class_template(context_->index).is_anonymous ? site_implicit : 0));
    release(mark);
  }
  if (!delegates) {
    const auto trait_fields = [&](const TypeRef* type) {
      if (type == nullptr) return;
      const Reg mark = next_;
      const Reg window = temp();
      emit(Op::move, window, 0);
      emit(Op::call_constructor, window, 0, site("trait", 0, u_.type(type, context_)));
      release(mark);
    };
    if (d.kind == ClassKind::trait) trait_fields(d.superclass);
    for (const TypeRef* type : d.interfaces) trait_fields(type);
    field_initializers(d);
  }
  statements(body, false);
  emit(Op::return_, 0);
  finish();
}

void FunctionCompiler::class_init(const ClassDecl& d, std::uint16_t index) {
  static_context_ = true;
  begin({}, true);
  std::int32_t ordinal = 0;
  const std::uint16_t own = u_.class_ref_of_template(index);
  for (const EnumConstant& c : d.constants) {
    at(c.span);
    const Reg mark = next_;
    const Reg window = temp();
    std::uint16_t type_ref = own;
    if (c.body != nullptr) {
      const std::string name = u_.next_anonymous_name(index);
      ClassContext outer = *context_;
      const std::uint16_t number = u_.declare_class(*c.body, name, &outer, true);
      ClassTemplate& t = u_.class_template(number);
      t.is_inner = false;
      ClassContext inner{c.body, number, context_};
      u_.compile_class(number, *c.body, inner, this);
      u_.class_template(number).superclass = own;
      u_.class_template(number).kind = ClassKind::class_;
      type_ref = u_.class_ref_of_template(number);
    }
    emit_imm(Op::load_class, window, type_ref);
    std::uint8_t flags = 0;
    const unsigned count = arguments(c.arguments, window, flags);
    // The enum's name and ordinal travel beside the arguments: registers after the last one.
    const Reg extra = temp(2);
    emit_imm(Op::load_const, extra, static_cast<std::int32_t>(u_.string_constant(c.name)));
    emit_imm(Op::load_int, extra + 1u, ordinal++);
    emit(Op::construct, window, count, site(c.name, flags | site_attribute, type_ref));
    emit(Op::set_static, window, 0, site(c.name, 0, own));
    release(mark);
  }
  for (const FieldDecl* f : d.fields) {
    if (((f->modifiers & mod_static) == 0 && d.kind != ClassKind::interface_) || f->initial_value == nullptr) continue;
    if (has_annotation(f->annotations, "Lazy")) continue;
    at(f->span);
    const Reg mark = next_;
    const Reg value = fresh(f->initial_value);
    emit(Op::set_static, value, 0, site(f->name, 0, own));
    release(mark);
  }
  if (const SingletonOptions single = singleton_options(d.annotations); single.is_one && !single.lazy) {
    const Reg mark = next_;
    const Reg window = temp();
    emit_imm(Op::load_class, window, own);
    emit(Op::construct, window, 0, site("<init>", 0, own));
    emit(Op::set_static, window, 0, site(single.property, 0, own));
    release(mark);
  }
  for (const Initializer& i : d.initializers) {
    if (i.is_static) statement(i.body, false);
  }
  emit(Op::return_null);
  finish();
}

void FunctionCompiler::lazy_getter(const FieldDecl& field, std::string_view stored) {
  const bool is_static = (field.modifiers & mod_static) != 0;
  static_context_ = is_static;
  begin({}, true);
  at(field.span);
  const std::uint16_t own = u_.class_ref_of_template(context_->index);
  const Reg value = temp();
  emit(is_static ? Op::get_static : Op::get_field, value, 0, site(stored, 0, is_static ? own : kNone16));
  Label have;
  emit_jump(Op::jump_not_null, value, have);
  if (field.initial_value != nullptr) {
    to(field.initial_value, value);
  } else {
    const std::uint16_t made = u_.type(field.type, context_);
    emit_imm(Op::load_class, value, made != kNone16 ? made : u_.class_ref_known(java::object));
    emit(Op::construct, value, 0, site("<init>", 0, made));
  }
  if (is_static) {
    emit(Op::set_static, value, 0, site(stored, 0, own));
    emit(Op::get_static, value, 0, site(stored, 0, own));
  } else {
    emit(Op::set_field, 0, value, site(stored));
    emit(Op::get_field, value, 0, site(stored));
  }
  bind(have);
  emit(Op::return_, value);
  finish();
}

void FunctionCompiler::singleton_getter(std::string_view field) {
  static_context_ = true;
  begin({}, true);
  const std::uint16_t own = u_.class_ref_of_template(context_->index);
  const Reg value = temp();
  emit(Op::get_static, value, 0, site(field, 0, own));
  Label have;
  emit_jump(Op::jump_not_null, value, have);
  emit_imm(Op::load_class, value, own);
  emit(Op::construct, value, 0, site("<init>", 0, own));
  emit(Op::set_static, value, 0, site(field, 0, own));
  bind(have);
  emit(Op::return_, value);
  finish();
}

void FunctionCompiler::closure(const Closure& c) {
  f_.line = u_.line_of(c.span.begin);
  static_context_ = parent_ != nullptr && parent_->static_context_;
  if (c.parameters.empty() && !c.has_arrow) {
    f_.implicit_it = true;
    next_ = 1;
    ParameterInfo it;
    it.name = u_.unit().intern("it");
    it.has_default = true;
    f_.parameters.push_back(it);
    f_.has_defaults = true;
    const Reg reg = temp();
    enter(it.name, {Local::Where::reg, reg, false, kNone16, {}});
  } else {
    begin(c.parameters, true);
    parameter_defaults(c.parameters);
  }
  statements(c.body->statements, true);
  emit(Op::return_null);
  finish();
}

// ---- scopes
// -------------------------------------------------------------------------------------------------------------------

Reg FunctionCompiler::declare(std::string_view name, const void* node, std::uint16_t type_ref) {
  const Reg reg = temp();
  Local local{Local::Where::reg, reg, u_.facts.needs_cell(node), type_ref, {}};
  enter(name, local);
  return reg;
}

void FunctionCompiler::enter_parameter(std::string_view name, const Local& local) {
  std::uint32_t& newest = newest_[name];
  scope_.push_back({name, local, kNotListed, newest});
  newest = static_cast<std::uint32_t>(scope_.size());
}

void FunctionCompiler::enter(std::string_view name, const Local& local) {
  enter_parameter(name, local);
  scope_.back().listed = static_cast<std::uint32_t>(f_.locals.size());
  f_.locals.push_back({u_.unit().intern(name), local.index, local.cell, pc(), 0xFFFFFFFF});
}

void FunctionCompiler::close_scope(std::size_t mark) {
  for (; scope_.size() > mark; scope_.pop_back()) {
    const ScopeEntry& entry = scope_.back();
    if (entry.listed != kNotListed) f_.locals[entry.listed].end = pc();
    newest_[entry.name] = entry.shadowed;
  }
}

std::optional<Local> FunctionCompiler::find(std::string_view name) {
  const auto newest = newest_.find(name);
  if (newest != newest_.end() && newest->second != 0) return scope_[newest->second - 1].local;
  if (in_closure() && parent_ != nullptr) {
    for (std::size_t i = 0; i < f_.captures.size(); ++i) {
      if (f_.captures[i].name != name) continue;
      const auto outer = parent_->find(name);
      return Local{
          Local::Where::capture, static_cast<std::uint16_t>(i), f_.captures[i].cell, outer ? outer->type : kNone16, {}};
    }
    const auto outer = parent_->find(name);
    if (!outer) return std::nullopt;
    if (outer->where == Local::Where::field) return outer;
    f_.captures.push_back({outer->where == Local::Where::capture, outer->index, outer->cell, u_.unit().intern(name)});
    return Local{
        Local::Where::capture, static_cast<std::uint16_t>(f_.captures.size() - 1), outer->cell, outer->type, {}};
  }
  if (enclosing_function != nullptr && capture_class != kNone16) {
    const auto outer = enclosing_function->find(name);
    if (!outer || outer->where == Local::Where::field) return outer;
    ClassTemplate& t = u_.class_template(capture_class);
    const std::string_view field_name = u_.unit().intern("val$" + std::string(name));
    for (std::size_t i = 0; i < t.captures.size(); ++i) {
      if (t.captures[i].name == field_name)
        return Local{Local::Where::field, 0, t.captures[i].cell, outer->type, field_name};
    }
    FieldTemplate field;
    field.name = field_name;
    field.hidden = true;
    field.slot = t.instance_slots++;
    t.fields.push_back(field);
    t.captures.push_back({outer->where == Local::Where::capture, outer->index, outer->cell, field_name});
    t.capture_slots.push_back(field.slot);
    return Local{Local::Where::field, 0, outer->cell, outer->type, field_name};
  }
  return std::nullopt;
}

Reg FunctionCompiler::self_register(Reg scratch) {
  if (!in_closure()) return 0;
  emit(Op::load_this, scratch);
  return scratch;
}

void FunctionCompiler::load_local(const Local& local, Reg dest) {
  switch (local.where) {
    case Local::Where::reg:
      if (local.cell) {
        emit(Op::load_cell, dest, local.index);
      } else if (dest != local.index) {
        emit(Op::move, dest, local.index);
      }
      break;
    case Local::Where::capture:
      emit(local.cell ? Op::load_capture_cell : Op::load_capture, dest, local.index);
      break;
    case Local::Where::field: {
      const Reg self = self_register(dest);
      emit(Op::get_field, dest, self, site(local.field));
      if (local.cell) emit(Op::load_cell, dest, dest);
      break;
    }
  }
}

void FunctionCompiler::store_local(const Local& local, Reg value) {
  switch (local.where) {
    case Local::Where::reg:
      if (local.cell) {
        emit(Op::store_cell, local.index, value);
      } else if (local.index != value) {
        emit(Op::move, local.index, value);
      }
      break;
    case Local::Where::capture:
      emit(Op::store_capture_cell, local.index, value);
      break;
    case Local::Where::field: {
      const Reg mark = next_;
      const Reg cell = temp();
      const Reg self = self_register(cell);
      emit(Op::get_field, cell, self, site(local.field));
      emit(Op::store_cell, cell, value);
      release(mark);
      break;
    }
  }
}

// ---- statements
// -----------------------------------------------------------------------------------------------------------------

void FunctionCompiler::statements(List<Stmt*> list, bool tail) {
  const std::size_t mark = scope_.size();
  const Reg registers = next_;
  for (std::size_t i = 0; i < list.size(); ++i) statement(list[i], tail && i + 1 == list.size());
  close_scope(mark);
  release(registers);
}

void FunctionCompiler::scoped(const Stmt* s, bool tail) {
  const std::size_t mark = scope_.size();
  const Reg registers = next_;
  if (s != nullptr) statement(s, tail);
  close_scope(mark);
  release(registers);
}

void FunctionCompiler::statement(const Stmt* s, bool tail) {
  if (s == nullptr || u_.stopped_at(s->span)) return;
  switch (s->kind) {
    case NodeKind::block: {
      const auto* b = as<Block>(s);
      if (!b->label.empty()) {
        // `label: { … break label }`
        Label end;
        controls_.push_back({b->label, &end, nullptr});
        statements(b->statements, tail);
        controls_.pop_back();
        bind(end);
      } else if (b->scope) {
        statements(b->statements, tail);
      } else {
        for (std::size_t i = 0; i < b->statements.size(); ++i)
          statement(b->statements[i], tail && i + 1 == b->statements.size());
      }
      break;
    }
    case NodeKind::expression_statement: {
      const Expr* e = as<ExpressionStatement>(s)->expression;
      at(e->span);
      if (tail && e->kind != NodeKind::declaration) {
        return_value(e);
      } else if (tail) {
        const Reg result = temp();
        declaration(*as<Declaration>(e), result, true);
        leave(0);
        emit(Op::return_, result);
      } else {
        discard(e);
      }
      break;
    }
    case NodeKind::if_:
      if_statement(*as<If>(s), tail);
      break;
    case NodeKind::while_:
      while_statement(*as<While>(s));
      break;
    case NodeKind::for_in:
      for_in(*as<ForIn>(s));
      break;
    case NodeKind::for_c:
      for_c(*as<ForC>(s));
      break;
    case NodeKind::switch_:
      switch_statement(*as<Switch>(s), tail);
      break;
    case NodeKind::try_:
      try_statement(*as<Try>(s), tail);
      break;
    case NodeKind::throw_: {
      at(s->span);
      const Reg mark = next_;
      emit(Op::throw_, operand(as<Throw>(s)->value));
      release(mark);
      break;
    }
    case NodeKind::return_:
      at(s->span);
      return_value(as<Return>(s)->value);
      break;
    case NodeKind::break_:
      jump_out(as<Break>(s)->target, false, s->span);
      break;
    case NodeKind::continue_:
      jump_out(as<Continue>(s)->target, true, s->span);
      break;
    case NodeKind::assert_:
      assert_statement(*as<Assert>(s));
      break;
    case NodeKind::synchronized_: {
      const Reg mark = next_;
      (void)operand(as<Synchronized>(s)->lock);
      release(mark);
      scoped(as<Synchronized>(s)->body, tail);
      break;
    }
    case NodeKind::class_statement: {
      const ClassDecl* d = as<ClassStatement>(s)->declaration;
      ClassContext context{d, 0, nullptr};
      context.index = u_.declare_class(*d, std::string(d->name), nullptr, false);
      u_.compile_class(context.index, *d, context, nullptr);
      break;
    }
    default:
      break;
  }
}

void FunctionCompiler::if_statement(const If& s, bool tail) {
  Label end;
  // `else if` again and again is a chain, not a nest.
  for (const If* part = &s; !u_.stopped();) {
    at(part->condition->span);
    Label otherwise;
    jump_if(part->condition, false, otherwise);
    scoped(part->then_branch, tail);
    if (part->else_branch != nullptr) emit_jump(Op::jump, 0, end);
    bind(otherwise);
    if (part->else_branch == nullptr) break;
    if (part->else_branch->kind != NodeKind::if_) {
      scoped(part->else_branch, tail);
      break;
    }
    part = as<If>(static_cast<const Stmt*>(part->else_branch));
  }
  bind(end);
}

void FunctionCompiler::while_statement(const While& s) {
  Label start;
  Label end;
  Label next;
  bind(start);
  at(s.condition->span);
  jump_if(s.condition, false, end);
  Control control{s.label, &end, &next, true};
  controls_.push_back(control);
  scoped(s.body, false);
  controls_.pop_back();
  bind(next);
  emit_jump(Op::loop, 0, start);
  bind(end);
}

void FunctionCompiler::for_in(const ForIn& s) {
  const std::size_t mark = scope_.size();
  const Reg registers = next_;
  at(s.iterable->span);
  const Reg iterator = temp();
  {
    const Reg inner = next_;
    emit(Op::iterate, iterator, operand(s.iterable));
    release(inner);
  }
  const std::uint16_t type_ref = u_.type(s.type, context_);
  const Reg variable_reg = declare(s.name, &s, type_ref);
  const bool cell = scope_.back().local.cell;
  if (cell) {
    emit(Op::load_null, variable_reg);
    emit(Op::new_cell, variable_reg, variable_reg);
  }
  const Reg item = cell ? temp() : variable_reg;
  Label start;
  Label end;
  bind(start);
  emit_fused(Op::iterate_next, item, iterator, end);
  coerce_to(item, type_ref);
  if (cell) emit(Op::store_cell, variable_reg, item);
  controls_.push_back({s.label, &end, &start, true});
  scoped(s.body, false);
  controls_.pop_back();
  emit_jump(Op::loop, 0, start);
  bind(end);
  close_scope(mark);
  release(registers);
}

void FunctionCompiler::for_c(const ForC& s) {
  const std::size_t mark = scope_.size();
  const Reg registers = next_;
  if (s.init != nullptr) {
    at(s.init->span);
    discard(s.init);
  }
  Label start;
  Label end;
  Label next;
  bind(start);
  if (s.condition != nullptr) {
    at(s.condition->span);
    jump_if(s.condition, false, end);
  }
  controls_.push_back({s.label, &end, &next, true});
  scoped(s.body, false);
  controls_.pop_back();
  bind(next);
  if (s.update != nullptr) discard(s.update);
  emit_jump(Op::loop, 0, start);
  bind(end);
  close_scope(mark);
  release(registers);
}

void FunctionCompiler::switch_statement(const Switch& s, bool tail) {
  const std::size_t mark = scope_.size();
  const Reg registers = next_;
  at(s.span);
  const Reg subject = fresh(s.subject);
  const Reg test = temp();
  std::vector<Label> labels(s.cases.size());
  Label end;
  Label* otherwise = &end;
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    if (s.cases[i].value == nullptr) {
      otherwise = &labels[i];
      continue;
    }
    at(s.cases[i].value->span);
    const Reg inner = next_;
    emit(Op::switch_case, test, subject, operand(s.cases[i].value));
    release(inner);
    emit_jump(Op::jump_true, test, labels[i]);
  }
  emit_jump(Op::jump, 0, *otherwise);
  controls_.push_back({s.label, &end, nullptr, false, true});
  // Wherever `default` is written, its code stands last: cases before it fall into it, it falls into nothing.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    if (s.cases[i].value != nullptr) order.push_back(i);
  }
  for (std::size_t i = 0; i < s.cases.size(); ++i) {
    if (s.cases[i].value == nullptr) order.push_back(i);
  }
  for (const std::size_t i : order) {
    bind(labels[i]);
    // In last position the value of a case is that of its statement before `break`; of a case without one only
    // `default` has a value.
    const auto body = s.cases[i].body;
    const std::size_t scope_mark = scope_.size();
    const Reg case_registers = next_;
    for (std::size_t k = 0; k < body.size(); ++k) {
      const bool before_break =
          k + 1 < body.size() && body[k + 1]->kind == NodeKind::break_ && as<Break>(body[k + 1])->target.empty();
      const bool last = s.cases[i].value == nullptr && k + 1 == body.size();
      statement(body[k], tail && (before_break || last));
    }
    close_scope(scope_mark);
    release(case_registers);
  }
  controls_.pop_back();
  bind(end);
  close_scope(mark);
  release(registers);
}

void FunctionCompiler::leave(std::size_t down_to) {
  // Runs finally blocks from the innermost control out to `down_to`, outside their regions.
  const std::vector<Control> saved = controls_;
  for (std::size_t i = controls_.size(); i-- > down_to;) {
    if (!saved[i].is_region && saved[i].finally_block == nullptr) continue;
    // Close every region from here inwards, emit, reopen.
    if (saved[i].finally_block == nullptr) continue;
    for (std::size_t k = i; k < saved.size(); ++k) {
      if (saved[k].is_region && controls_.size() > k && controls_[k].region_begin < pc()) {
        controls_[k].regions->emplace_back(controls_[k].region_begin, pc());
        controls_[k].region_begin = pc();
      }
    }
    std::vector<Control> inner = controls_;
    controls_.resize(i);
    scoped(saved[i].finally_block, false);
    for (std::size_t k = 0; k < controls_.size(); ++k) inner[k] = controls_[k];
    controls_ = std::move(inner);
    for (std::size_t k = i; k < controls_.size(); ++k) {
      if (controls_[k].is_region) controls_[k].region_begin = pc();
    }
  }
}

void FunctionCompiler::return_value(const Expr* value) {
  if (value == nullptr) {
    leave(0);
    emit(f_.kind == FunctionKind::constructor ? Op::return_ : Op::return_null, 0);
    return;
  }
  const Reg mark = next_;
  const bool has_finally =
      std::any_of(controls_.begin(), controls_.end(), [](const Control& c) { return c.finally_block != nullptr; });
  Reg result = has_finally ? fresh(value) : operand(value);
  if (f_.return_type != kNone16) {
    if (result < mark) {
      const Reg copy = temp();
      emit(Op::move, copy, result);
      result = copy;
    }
    coerce_to(result, f_.return_type);
  }
  leave(0);
  if (f_.kind == FunctionKind::constructor) {
    emit(Op::return_, 0);
  } else if (is_void_) {
    emit(Op::return_null);
  } else {
    emit(Op::return_, result);
  }
  release(mark);
}

void FunctionCompiler::jump_out(std::string_view label, bool is_continue, Span span) {
  for (std::size_t i = controls_.size(); i-- > 0;) {
    const Control& c = controls_[i];
    const bool fits = is_continue ? c.is_loop : (c.is_loop || c.is_switch || (!label.empty() && c.on_break != nullptr));
    if (!fits || (!label.empty() && c.label != label)) continue;
    Label* target = is_continue ? c.on_continue : c.on_break;
    leave(i + 1);
    // `continue` in a for-in jumps backwards over a safepoint.
    emit_jump(is_continue && target->pc != 0xFFFFFFFF ? Op::loop : Op::jump, 0, *target);
    return;
  }
  const std::string word = is_continue ? "continue" : "break";
  u_.error(span, label.empty()
                     ? "the " + word + " statement is only allowed inside loops" + (is_continue ? "" : " or switches")
                     : word + " to missing label");
}

void FunctionCompiler::try_statement(const Try& s, bool tail) {
  const std::size_t scope_mark = scope_.size();
  const Reg registers = next_;
  const Reg exception = temp();
  Label end;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> body_regions;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all_regions;

  const auto open = [&](std::vector<std::pair<std::uint32_t, std::uint32_t>>* regions, const Block* finally_block) {
    Control c;
    c.is_region = true;
    c.region_begin = pc();
    c.regions = regions;
    c.finally_block = finally_block;
    controls_.push_back(c);
  };
  const auto close = [&] {
    Control& c = controls_.back();
    if (c.region_begin < pc()) c.regions->emplace_back(c.region_begin, pc());
    controls_.pop_back();
  };

  if (s.finally_block != nullptr) open(&all_regions, s.finally_block);
  if (!s.catches.empty()) open(&body_regions, nullptr);
  scoped(s.body, tail);
  if (!s.catches.empty()) {
    close();
    Label after_body;
    emit_jump(Op::jump, 0, after_body);
    const std::uint32_t target = pc();
    for (const auto& [b, e] : body_regions) f_.handlers.push_back({b, e, target, exception});
    for (const CatchClause& clause : s.catches) {
      Label body_label;
      Label next_clause;
      const std::size_t mark = scope_.size();
      const Reg inner = next_;
      const Reg test = temp();
      if (clause.types.empty()) {
        emit(Op::catch_match, test, exception, u_.class_ref_known(java::exception));
        emit_jump(Op::jump_false, test, next_clause);
      } else {
        for (const TypeRef* t : clause.types) {
          std::uint16_t ref = u_.type(t, context_);
          if (ref == kNone16) ref = u_.class_ref_known(java::throwable);
          emit(Op::catch_match, test, exception, ref);
          emit_jump(Op::jump_true, test, body_label);
        }
        emit_jump(Op::jump, 0, next_clause);
      }
      bind(body_label);
      const Reg variable_reg = declare(clause.name, &clause, kNone16);
      if (scope_.back().local.cell) {
        emit(Op::new_cell, variable_reg, exception);
      } else {
        emit(Op::move, variable_reg, exception);
      }
      statement(clause.body, tail);
      close_scope(mark);
      release(inner);
      emit_jump(Op::jump, 0, after_body);
      bind(next_clause);
    }
    emit(Op::throw_, exception, 1);
    bind(after_body);
  }
  if (s.finally_block != nullptr) {
    close();
    scoped(s.finally_block, false);
    emit_jump(Op::jump, 0, end);
    const std::uint32_t target = pc();
    for (const auto& [b, e] : all_regions) f_.handlers.push_back({b, e, target, exception});
    scoped(s.finally_block, false);
    emit(Op::throw_, exception, 1);
    bind(end);
  }
  close_scope(scope_mark);
  release(registers);
}

void FunctionCompiler::assert_statement(const Assert& s) {
  at(s.span);
  const Reg mark = next_;
  Label passed;
  if (s.message != nullptr) {
    jump_if(s.condition, true, passed);
    const Reg window = temp();
    emit(Op::load_null, window);
    (void)fresh(s.message);
    const auto load_text = [&](std::string_view text) {
      emit_imm(Op::load_const, temp(), static_cast<std::int32_t>(u_.string_constant(text)));
    };
    load_text(assertion_text(s.condition));
    std::vector<const Expr*> variables;
    assertion_variables(s.condition, variables);
    for (const Expr* v : variables) {
      load_text(assertion_text(v));
      (void)fresh(v);
    }
    emit(Op::helper, window, 2u + 2u * static_cast<unsigned>(variables.size()),
         static_cast<unsigned>(Helper::assert_message));
    bind(passed);
    release(mark);
    return;
  }
  const std::string_view text = u_.tree().source().slice(s.condition->span);
  const auto count = static_cast<unsigned>(std::min<std::size_t>(text.size() + 2, 120));
  const Reg window = temp(2);
  const Reg values = temp(count);
  emit(Op::load_undefined, values, count);
  Recorder recorder;
  recorder.next = values;
  recorder.end = static_cast<Reg>(values + count);
  recorder.base_offset = s.condition->span.begin;
  Recorder* const outer = recorder_;
  recorder_ = &recorder;
  const Reg condition = fresh(s.condition);
  recorder_ = outer;
  emit_jump(Op::jump_true, condition, passed);
  emit(Op::load_null, window);
  u_.unit().pictures.push_back({std::string(text), std::move(recorder.columns)});
  emit_imm(Op::load_int, window + 1u, static_cast<std::int32_t>(u_.unit().pictures.size() - 1));
  emit(Op::helper, window, 1u + static_cast<unsigned>(recorder.next - values),
       static_cast<unsigned>(Helper::assert_power));
  bind(passed);
  release(mark);
}

}  // namespace windlass::vm
