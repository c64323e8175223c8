// Calls, construction, properties, subscripts: everything with a receiver. See compiler.h.
#include <algorithm>

#include "vm/compiler.h"
#include "vm/foreign_classes.h"

namespace windlass::vm {

using namespace groovy;

unsigned FunctionCompiler::arguments(const Arguments& args, Reg window, std::uint8_t& flags) {
  (void)window;
  const bool spread = std::any_of(args.positional.begin(), args.positional.end(),
                                  [](const Expr* e) { return e->kind == NodeKind::spread; });
  if (spread) {
    flags |= site_spread;
    const Reg list = temp();
    emit(Op::new_list, list, list, 0);
    if (!args.named.empty()) {
      const Reg mark = next_;
      const Reg map = temp();
      map_literal(args.named, map);
      emit(Op::list_push, list, map, 1);
      release(mark);
    }
    for (const Expr* e : args.positional) {
      const Reg mark = next_;
      if (e->kind == NodeKind::spread) {
        emit(Op::list_push_all, list, operand(as<Spread>(e)->value));
      } else {
        emit(Op::list_push, list, operand(e), 1);
      }
      release(mark);
    }
    return 1;
  }
  unsigned count = 0;
  if (!args.named.empty()) {
    const Reg map = temp();
    const Reg mark = next_;
    map_literal(args.named, map);
    release(mark);
    ++count;
  }
  std::vector<std::uint32_t> types(count, kNone16);
  bool typed = false;
  for (const Expr* e : args.positional) {
    (void)fresh(e);
    ++count;
    std::uint16_t ref = kNone16;
    if (e->kind == NodeKind::cast && as<Cast>(e)->type->array_dimensions == 0) {
      // Object is a type here too, which type() leaves out.
      ref = u_.find_class_ref(as<Cast>(e)->type->name, context_);
      if (ref != kNone16) {
        const ClassId known = u_.unit().class_refs[ref].known;
        if (known >= java::p_void && known <= java::p_double) ref = kNone16;
      }
    }
    types.push_back(ref);
    typed = typed || ref != kNone16;
  }
  if (typed && u_.unit().argument_types.size() < kNone16) {
    flags |= site_typed;
    argument_types_ = static_cast<std::uint16_t>(u_.unit().argument_types.size());
    u_.unit().argument_types.push_back(std::move(types));
  }
  return count;
}

std::optional<std::string> FunctionCompiler::dotted_name(const Expr* e, int most) {
  if (most == 0) return std::nullopt;
  if (e->kind == NodeKind::variable) {
    const std::string_view name = as<Variable>(e)->name;
    std::uint16_t owner = 0;
    if (find(name) || own_field(name, owner) != nullptr) return std::nullopt;
    return std::string(name);
  }
  if (e->kind != NodeKind::property) return std::nullopt;
  const auto* p = as<Property>(e);
  if (p->safe || p->spread || p->attribute || p->name->kind != NodeKind::constant) return std::nullopt;
  auto left = dotted_name(p->object, most - 1);
  if (!left) return std::nullopt;
  return *left + '.' + std::string(as<Constant>(p->name)->text);
}

std::uint16_t FunctionCompiler::class_in_path(const Property& p) {
  if (p.name->kind != NodeKind::constant) return kNone16;
  const std::string_view last = as<Constant>(p.name)->text;
  if (last.empty() || last[0] < 'A' || last[0] > 'Z') return kNone16;
  const auto name = dotted_name(&p);
  if (!name) return kNone16;
  if (const std::uint16_t ref = u_.find_class_ref(*name, context_); ref != kNone16) return ref;
  // The first capital letter begins a class: what follows it is a member.
  const auto first = std::find_if(name->begin(), name->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool outermost = std::find(first, name->end(), '.') == name->end();
  return outermost && is_foreign_package(*name) ? u_.class_ref_foreign(*name) : kNone16;
}

/// The trait of `A.super`.
std::uint16_t FunctionCompiler::class_before_super(const Expr* e) {
  if (e->kind != NodeKind::property) return kNone16;
  const auto* p = as<Property>(e);
  if (p->name->kind != NodeKind::constant || as<Constant>(p->name)->text != "super") return kNone16;
  const auto name = dotted_name(p->object);
  return name ? u_.find_class_ref(*name, context_) : kNone16;
}

void FunctionCompiler::property(const Property& p, Reg dest) {
  if (const std::uint16_t ref = class_in_path(p); ref != kNone16) {
    emit_imm(Op::load_class, dest, ref);
    return;
  }
  const std::uint8_t flags = p.attribute ? site_attribute : 0;
  if (p.spread) {
    const Reg window = temp();
    to(p.object, window);
    (void)fresh(p.name);
    if (p.attribute) emit(Op::load_true, temp());
    at(p.span);
    emit(Op::helper, window, p.attribute ? 2 : 1, static_cast<unsigned>(Helper::spread_property));
    emit(Op::move, dest, window);
    return;
  }
  // `X.this` of an inner class, and `X.class`.
  if (p.name->kind == NodeKind::constant) {
    const std::string_view name = as<Constant>(p.name)->text;
    if (name == "this" && p.object->kind == NodeKind::variable) {
      const Reg self = self_register(dest);
      emit(Op::load_outer, dest, self, u_.find_class_ref(as<Variable>(p.object)->name, context_));
      return;
    }
    if (name == "class") {
      if (const std::uint16_t ref = array_class(p.object); ref != kNone16) {
        emit_imm(Op::load_class, dest, ref);
        return;
      }
      if (const auto dotted = dotted_name(p.object)) {
        if (const std::uint16_t ref = u_.find_class_ref(*dotted, context_); ref != kNone16) {
          emit_imm(Op::load_class, dest, ref);
          return;
        }
      }
    }
  }
  if (p.object->kind == NodeKind::this_ref && p.name->kind == NodeKind::constant && !in_static()) {
    std::uint16_t owner = 0;
    const FieldTemplate* field = own_field(as<Constant>(p.name)->text, owner);
    if (field != nullptr && !field->is_static) {
      at(p.span);
      const Reg self = self_register(dest);
      emit(Op::get_field, dest, self, site(field->name));
      return;
    }
  }
  Label is_null;
  Label end;
  if (p.name->kind == NodeKind::constant) {
    const Reg object = operand(p.object);
    if (p.safe) emit_jump(Op::jump_null, object, is_null);
    at(p.name->span);
    const bool on_super = p.object->kind == NodeKind::super_ref;
    emit(Op::get_property, dest, object, site(as<Constant>(p.name)->text, on_super ? site_implicit : flags));
  } else {
    const Reg pair = temp(2);
    to(p.object, pair);
    if (p.safe) emit_jump(Op::jump_null, pair, is_null);
    to(p.name, static_cast<Reg>(pair + 1));
    at(p.span);
    emit(Op::get_property, dest, pair, site("", flags | site_dynamic));
  }
  if (p.safe) {
    emit_jump(Op::jump, 0, end);
    bind(is_null);
    emit(Op::load_null, dest);
    bind(end);
  }
}

/// `int[]` and `String[][]` as expressions: the class of such arrays.
std::uint16_t FunctionCompiler::array_class(const Expr* e) {
  TypeRef type{};
  while (e->kind == NodeKind::index && as<Index>(e)->arguments.empty()) {
    ++type.array_dimensions;
    e = as<Index>(e)->object;
  }
  if (type.array_dimensions == 0) return kNone16;
  const auto name = dotted_name(e);
  if (!name || u_.find_class_ref(*name, context_) == kNone16) return kNone16;
  type.name = u_.unit().intern(*name);
  type.span = e->span;
  return u_.type(&type, context_);
}

void FunctionCompiler::index(const Index& i, Reg dest) {
  if (const std::uint16_t ref = array_class(&i); ref != kNone16) {
    emit_imm(Op::load_class, dest, ref);
    return;
  }
  const Reg object =
      i.arguments.size() == 1 && i.arguments[0]->kind == NodeKind::constant ? operand(i.object) : fresh(i.object);
  const Reg key = temp();
  if (i.arguments.size() == 1 && i.arguments[0]->kind != NodeKind::spread) {
    to(i.arguments[0], key);
  } else {
    list_literal(i.arguments, key);
  }
  at(i.span);
  emit(Op::get_index, dest, object, key);
}

void FunctionCompiler::load_static_stars() {
  const Reg mark = next_;
  for (const std::uint16_t ref : u_.unit().static_stars) emit_imm(Op::load_class, temp(), ref);
  release(mark);
}

void FunctionCompiler::call(const MethodCall& c, Reg dest) {
  const bool constant_name = c.name->kind == NodeKind::constant;
  const std::string_view name = constant_name ? as<Constant>(c.name)->text : std::string_view{};
  std::uint8_t flags = 0;
  const auto finish_call = [&](Op op, Reg window, unsigned count, std::uint8_t extra,
                               std::uint16_t type_ref = kNone16) {
    if (!constant_name) {
      flags &= static_cast<std::uint8_t>(~site_typed);
      const Reg value = temp();
      to(c.name, value);
      extra |= site_dynamic;
    }
    at(constant_name && c.name->span.end > c.name->span.begin ? c.name->span : c.span);
    emit(op, window, count, site(name, static_cast<std::uint8_t>(flags | extra), type_ref));
    if (dest != window) emit(Op::move, dest, window);
  };

  if (c.object == nullptr) {
    if (constant_name) {
      if (const auto local = find(name)) {
        const Reg window = temp();
        load_local(*local, window);
        const unsigned count = arguments(c.arguments, window, flags);
        flags &= static_cast<std::uint8_t>(~site_typed);
        at(c.span);
        emit(Op::call_value, window, count, site(name, flags));
        emit(Op::move, dest, window);
        return;
      }
      const auto import = u_.static_import(name);
      if (import) {
        const Reg window = temp();
        emit_imm(Op::load_class, window, import->first);
        const unsigned count = arguments(c.arguments, window, flags);
        at(c.span);
        emit(Op::call_method, window, count, site(import->second, flags));
        emit(Op::move, dest, window);
        return;
      }
    }
    if (constant_name && std::find(u_.newified.begin(), u_.newified.end(), name) != u_.newified.end()) {
      if (const std::uint16_t ref = u_.find_class_ref(name, context_); ref != kNone16) {
        const Reg window = temp();
        emit_imm(Op::load_class, window, ref);
        const unsigned count = arguments(c.arguments, window, flags);
        at(c.span);
        emit(Op::construct, window, count, site("<init>", flags, ref));
        emit(Op::move, dest, window);
        return;
      }
    }
    load_static_stars();
    const Reg window = temp();
    emit(Op::move, window, 0);
    const unsigned count = arguments(c.arguments, window, flags);
    finish_call(Op::call_self, window, count, 0);
    return;
  }

  if (c.implicit_call) {
    const Reg window = temp();
    to(c.object, window);
    Label is_null;
    const unsigned count = arguments(c.arguments, window, flags);
    flags &= static_cast<std::uint8_t>(~site_typed);
    at(c.span);
    emit(Op::call_value, window, count, site("call", static_cast<std::uint8_t>(flags | site_implicit)));
    emit(Op::move, dest, window);
    return;
  }

  if (c.object->kind == NodeKind::super_ref) {
    const Reg window = temp();
    raw(c.object, window);
    const unsigned count = arguments(c.arguments, window, flags);
    finish_call(Op::call_super, window, count, 0, u_.class_ref_of_template(context_->index));
    return;
  }
  if (const std::uint16_t trait = class_before_super(c.object); trait != kNone16) {
    const Reg window = temp();
    emit(Op::move, window, self_register(window));
    const unsigned count = arguments(c.arguments, window, flags);
    flags &= static_cast<std::uint8_t>(~site_typed);
    finish_call(Op::call_super, window, count, site_implicit, trait);
    return;
  }

  if (c.spread) {
    // a*.m(args): a list of the results, null elements give null.
    const Reg result = temp();
    const Reg iterator = temp();
    const Reg source = temp();
    to(c.object, source);
    // The arguments are evaluated once, whatever there is to call.
    const Reg given = next_;
    const unsigned count = arguments(c.arguments, source, flags);
    Label source_null;
    Label done;
    emit_jump(Op::jump_null, source, source_null);
    emit(Op::new_list, result, result, 0);
    emit(Op::iterate, iterator, source);
    Label start;
    Label end;
    Label push;
    bind(start);
    const Reg window = temp();
    emit_fused(Op::iterate_next, window, iterator, end);
    emit_jump(Op::jump_null, window, push);
    for (unsigned k = 0; k < count; ++k) emit(Op::move, temp(), static_cast<Reg>(given + k));
    std::uint8_t extra = 0;
    if (!constant_name) {
      flags &= static_cast<std::uint8_t>(~site_typed);
      (void)fresh(c.name);
      extra = site_dynamic;
    }
    at(c.span);
    emit(Op::call_method, window, count, site(name, static_cast<std::uint8_t>(flags | extra)));
    bind(push);
    emit(Op::list_push, result, window, 1);
    emit_jump(Op::loop, 0, start);
    bind(end);
    emit(Op::move, dest, result);
    emit_jump(Op::jump, 0, done);
    bind(source_null);
    emit(Op::load_null, dest);
    bind(done);
    return;
  }

  const Reg window = temp();
  to(c.object, window);
  Label is_null;
  if (c.safe) emit_jump(Op::jump_null, window, is_null);
  const unsigned count = arguments(c.arguments, window, flags);
  finish_call(Op::call_method, window, count, c.object->kind == NodeKind::this_ref ? site_implicit : 0);
  if (c.safe) {
    Label end;
    emit_jump(Op::jump, 0, end);
    bind(is_null);
    emit(Op::load_null, dest);
    bind(end);
  }
}

void FunctionCompiler::construct(const NewObject& n, Reg dest) {
  std::uint8_t flags = 0;
  const Reg window = temp();
  std::uint16_t ref = kNone16;
  if (n.body != nullptr) {
    const std::uint16_t class_index = f_.class_index;
    const std::string name = u_.next_anonymous_name(class_index);
    ClassContext outer{nullptr, class_index, nullptr};
    if (context_ != nullptr) outer = *context_;
    const std::uint16_t number = u_.declare_class(*n.body, name, &outer, true);
    const std::uint16_t base = u_.type(n.type, context_);
    ClassContext inner{n.body, number, context_};
    // The written type is a class or an interface: which one is only known when it is loaded; the interpreter sorts it
    // out.
    ClassDecl shaped = *n.body;
    shaped.superclass = n.type;
    u_.class_template(number).superclass = base;
    u_.compile_class(number, shaped, inner, this);
    ref = u_.class_ref_of_template(number);
  } else {
    ref = u_.type(n.type, context_);
    if (ref == kNone16) ref = u_.class_ref_known(java::object);
  }
  emit_imm(Op::load_class, window, ref);
  const unsigned count = arguments(n.arguments, window, flags);
  at(n.span);
  emit(Op::construct, window, count, site("<init>", flags, ref));
  emit(Op::move, dest, window);
}

void FunctionCompiler::constructor_call(const ConstructorCall& c, Reg window) {
  std::uint8_t flags = 0;
  emit(Op::move, window, 0);
  const unsigned count = arguments(c.arguments, window, flags);
  flags &= static_cast<std::uint8_t>(~site_typed);
  emit(Op::call_constructor, window, count,
       site(c.is_super ? "super" : "this", flags, u_.class_ref_of_template(context_->index)));
}

}  // namespace windlass::vm
