// groovy.util.XmlParser, XmlSlurper, Node and GPathResult. The text becomes a tree of Nodes (native objects of name,
// namespace, attributes, children, parent); a GPathResult is a native object of nodes (or attributes' texts) and the
// name that led to them. Methods with closures are Groovy (src/prelude/gdk/xml.groovy).
#include <algorithm>

#include "data/xml.h"
#include "num/java_numbers.h"
#include "vm/gdk/collections.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

// ---- the tree
// --------------------------------------------------------------------------------------------------------

// `plain`: the value is a text and not a list of one. `replacement`: what stands in the node's place when it is
// written.
enum NodeSlot : std::uint32_t {
  node_name,
  node_namespace,
  node_attributes,
  node_children,
  node_parent,
  node_plain,
  node_replacement,
  kNodeSlots
};

Value& part(Call& call, Value node, NodeSlot slot) { return call.heap().native_slots(node)[slot]; }
bool is_node(Call& call, Value v) { return v.is(Kind::native_object) && call.class_of(v) == java::node; }

struct Namespaces {
  std::vector<std::pair<std::string, std::string>> known;
  [[nodiscard]] std::string find(std::string_view prefix) const {
    for (auto it = known.rbegin(); it != known.rend(); ++it) {
      if (it->first == prefix) return it->second;
    }
    return {};
  }
};

Value make_node(Call& call, std::string_view name, std::string_view uri, Value attributes, Value children,
                Value parent) {
  Heap& heap = call.heap();
  const Value local = heap.make_string(name);
  const Value space = heap.make_string(uri);
  const Value node = heap.make_native(java::node, kNodeSlots);
  const auto slots = heap.native_slots(node);
  slots[node_name] = local;
  slots[node_namespace] = space;
  slots[node_attributes] = attributes;
  slots[node_children] = children;
  slots[node_parent] = parent;
  slots[node_plain] = Value::boolean(false);
  slots[node_replacement] = Value::null();
  return node;
}

bool is_blank(std::string_view text) { return data::trim_blanks(text).empty(); }

/// Whitespace between elements is left out, as both of Groovy's readers do.
Value tree_of(Call& call, const data::XmlNode& xml, Value parent, Namespaces& namespaces) {
  Heap& heap = call.heap();
  const std::size_t mark = namespaces.known.size();
  for (const auto& attribute : xml.attributes) {
    if (attribute.name == "xmlns") namespaces.known.emplace_back("", attribute.value);
    if (attribute.name.starts_with("xmlns:")) namespaces.known.emplace_back(attribute.name.substr(6), attribute.value);
  }
  const Value attributes = heap.make_map();
  for (const auto& attribute : xml.attributes) {
    if (attribute.name == "xmlns" || attribute.name.starts_with("xmlns:")) continue;
    const auto colon = attribute.name.find(':');
    const Value value = heap.make_string(std::string_view(attribute.value));
    heap.map_put(attributes, colon == std::string::npos ? attribute.name : attribute.name.substr(colon + 1), value);
  }
  const auto colon = xml.name.find(':');
  const std::string local = colon == std::string::npos ? xml.name : xml.name.substr(colon + 1);
  const std::string uri = namespaces.find(colon == std::string::npos ? "" : xml.name.substr(0, colon));
  const Value children = heap.make_list(0, java::node_list);
  const Value node = make_node(call, local, uri, attributes, children, parent);
  for (const auto& child : xml.children) {
    if (child.is_text()) {
      if (!is_blank(child.text)) heap.list_add(children, heap.make_string(std::string_view(child.text)));
    } else {
      const Value inner = tree_of(call, child, node, namespaces);
      heap.list_add(children, inner);
    }
  }
  namespaces.known.resize(mark);
  return node;
}

Status parse(Call& call, Value source, Value& root) {
  if (!source.is_text() && !source.is(Kind::string_builder)) VM_DO(call.get_property(source, "text", source));
  TextView text;
  VM_DO(call.text(source, text));
  const auto parsed = data::parse_xml(text.utf8());
  if (!parsed) return call.throw_java("org.xml.sax.SAXParseException", parsed.error().message);
  Namespaces namespaces;
  root = tree_of(call, *parsed, Value::null(), namespaces);
  return Status::ok;
}

void text_into(Call& call, Value node, TextBuilder& out) {
  for (const Value child : call.heap().items(part(call, node, node_children))) {
    if (is_node(call, child)) {
      text_into(call, child, out);
    } else if (child.is_string()) {
      out.append(call.heap().text(child));
    }
  }
}
void descend(Call& call, Value node, std::vector<Value>& out) {
  out.push_back(node);
  for (const Value child : call.heap().items(part(call, node, node_children))) {
    if (is_node(call, child)) descend(call, child, out);
  }
}
void descend_by_level(Call& call, Value node, std::vector<Value>& out) {
  out.push_back(node);
  for (std::size_t i = out.size() - 1; i < out.size(); ++i) {
    const Value at = out[i];
    for (const Value child : call.heap().items(part(call, at, node_children))) {
      if (is_node(call, child)) out.push_back(child);
    }
  }
}
void children_named(Call& call, Value node, TextView name, std::vector<Value>& out) {
  const bool any = name == TextView(std::string_view("*"));
  const auto colon = name.find(TextView(std::string_view(":")));
  const TextView local = colon == TextView::npos ? name : name.substring(colon + 1, name.size());
  for (const Value child : call.heap().items(part(call, node, node_children))) {
    if (is_node(call, child) && (any || call.heap().text(part(call, child, node_name)) == local)) out.push_back(child);
  }
}
Value node_list(Call& call, const std::vector<Value>& nodes) {
  return call.heap().make_list(std::span<const Value>(nodes), java::node_list);
}

// ---- XmlParser and Node
// ----------------------------------------------------------------------------------------------

Status reader_new(Call& call) { return call.give(call.heap().make_native(call.self().class_id(), 0)); }
Status nothing(Call& call) { return call.give_null(); }
Status parser_parse(Call& call) {
  Value root;
  VM_DO(parse(call, call.arg(0), root));
  return call.give(root);
}
Status node_new(Call& call) {
  const Value parent = call.arg(0);
  Value attributes = call.heap().make_map();
  const Value children = call.heap().make_list(0, java::node_list);
  bool plain = false;
  for (std::uint32_t i = 2; i < call.count(); ++i) {
    const Value v = call.arg(i);
    if (v.is(Kind::map)) {
      attributes = v;
    } else if (v.is(Kind::list)) {
      for (const Value item : std::vector<Value>(call.heap().items(v).begin(), call.heap().items(v).end())) {
        call.heap().list_add(children, item);
      }
    } else if (!v.is_null()) {
      // Kept as it is: its text shows when it is asked for.
      call.heap().list_add(children, v);
      plain = true;
    }
  }
  TextView name;
  VM_DO(call.text(call.arg(1), name));
  const Value node = make_node(call, name.utf8(), "", attributes, children, parent);
  part(call, node, node_plain) = Value::boolean(plain);
  if (is_node(call, parent)) call.heap().list_add(part(call, parent, node_children), node);
  return call.give(node);
}
Status node_get_name(Call& call) {
  const std::string uri = call.heap().utf8(part(call, call.self(), node_namespace));
  if (uri.empty()) return call.give(part(call, call.self(), node_name));
  return call.give_utf8("{" + uri + "}" + call.heap().utf8(part(call, call.self(), node_name)));
}
Status node_text(Call& call) {
  TextBuilder out;
  text_into(call, call.self(), out);
  return call.give_text(out);
}
Status node_value(Call& call) {
  const Value children = part(call, call.self(), node_children);
  if (part(call, call.self(), node_plain).is_true() && call.heap().items(children).size() == 1)
    return call.give(call.heap().items(children)[0]);
  return call.give(children);
}
Status node_children_of(Call& call) { return call.give(part(call, call.self(), node_children)); }
/// The texts that stand in the node itself.
Status node_local_text(Call& call) {
  std::vector<Value> out;
  for (const Value child : call.heap().items(part(call, call.self(), node_children))) {
    if (!is_node(call, child)) out.push_back(child);
  }
  return call.give(new_list(call, out));
}
/// The name as written: namespaces have lost their prefix when the text was read.
Status node_qualified_name(Call& call) { return call.give(part(call, call.self(), node_name)); }
/// Puts these in the node's place; for the root nothing happens.
Status node_replace_by(Call& call) {
  const Value parent = part(call, call.self(), node_parent);
  if (!is_node(call, parent)) {
    return call.throw_java(java::unsupported_operation_exception, "Replacing the root node is not supported");
  }
  std::vector<Value> made;
  VM_DO(call.elements(call.arg(0), made));
  const Value list = part(call, parent, node_children);
  std::vector<Value> all(call.heap().items(list).begin(), call.heap().items(list).end());
  const auto at = std::find_if(all.begin(), all.end(), [&](Value v) { return v.identical(call.self()); });
  if (at == all.end()) return call.give(call.self());
  const auto place = all.erase(at);
  all.insert(place, made.begin(), made.end());
  for (const Value v : made) {
    if (is_node(call, v)) part(call, v, node_parent) = parent;
  }
  call.heap().list_clear(list);
  for (const Value v : all) call.heap().list_add(list, v);
  return call.give(call.self());
}
Status node_get_attributes(Call& call) { return call.give(part(call, call.self(), node_attributes)); }
Status node_attribute(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  const Value v = call.heap().map_get(part(call, call.self(), node_attributes), name);
  return call.give(v.is_undefined() ? Value::null() : v);
}
Status node_get_parent(Call& call) { return call.give(part(call, call.self(), node_parent)); }
/// node.name, node.'@attribute', node.'*', node.'**', node.'..'.
Status node_get(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  if (!name.empty() && name[0] == '@') {
    const Value v = call.heap().map_get(part(call, call.self(), node_attributes), name.substring(1, name.size()));
    return call.give(v.is_undefined() ? Value::null() : v);
  }
  if (name == TextView(std::string_view(".."))) return node_get_parent(call);
  std::vector<Value> out;
  if (name == TextView(std::string_view("**"))) {
    descend(call, call.self(), out);
  } else {
    children_named(call, call.self(), name, out);
  }
  return call.give(node_list(call, out));
}
Status node_set_attribute(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  if (name == TextView(std::string_view("value"))) {
    const Value args[] = {call.arg(1)};
    Value out;
    VM_DO(call.invoke_method(call.self(), "setValue", args, out));
    return call.give_null();
  }
  // Without an @ it is an attribute too.
  const std::size_t begin = !name.empty() && name[0] == '@' ? 1 : 0;
  const Value key = call.heap().make_string(name.substring(begin, name.size()));
  call.heap().map_put(part(call, call.self(), node_attributes), key, call.arg(1));
  return call.give_null();
}
Status node_set_value(Call& call) {
  const Value list = part(call, call.self(), node_children);
  std::vector<Value> items;
  if (call.is_collection(call.arg(0))) {
    VM_DO(call.elements(call.arg(0), items));
  } else {
    items.push_back(call.arg(0));
  }
  part(call, call.self(), node_plain) = Value::boolean(!call.is_collection(call.arg(0)));
  call.heap().list_clear(list);
  for (const Value item : items) call.heap().list_add(list, item);
  return call.give_null();
}
Status node_append(Call& call) {
  const Value child = call.arg(0);
  part(call, call.self(), node_plain) = Value::boolean(false);
  if (is_node(call, child)) part(call, child, node_parent) = call.self();
  call.heap().list_add(part(call, call.self(), node_children), child);
  return call.give(true);
}
Status node_append_node(Call& call) {
  std::vector<Value> args{call.self()};
  args.insert(args.end(), call.args().begin(), call.args().end());
  Value out;
  VM_DO(call.invoke_static(java::node, "<init>", args, out));
  return call.give(out);
}
Status node_remove(Call& call) {
  const Value list = part(call, call.self(), node_children);
  const auto items = call.heap().items(list);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].identical(call.arg(0))) continue;
    call.heap().list_remove(list, static_cast<std::uint32_t>(i));
    return call.give(true);
  }
  return call.give(false);
}
/// A single text below a node is left out of the walks.
bool has_more_than_text(Call& call, Value node) {
  const auto items = call.heap().items(part(call, node, node_children));
  return items.size() > 1 || (items.size() == 1 && is_node(call, items[0]));
}
void walk_deep(Call& call, Value node, std::vector<Value>& out) {
  const std::vector<Value> children(call.heap().items(part(call, node, node_children)).begin(),
                                    call.heap().items(part(call, node, node_children)).end());
  for (const Value child : children) {
    out.push_back(child);
    if (is_node(call, child) && has_more_than_text(call, child)) walk_deep(call, child, out);
  }
}
Status node_depth_first(Call& call) {
  std::vector<Value> out{call.self()};
  if (call.name() != "breadthFirst") {
    walk_deep(call, call.self(), out);
    return call.give(node_list(call, out));
  }
  std::vector<Value> level(call.heap().items(part(call, call.self(), node_children)).begin(),
                           call.heap().items(part(call, call.self(), node_children)).end());
  while (!level.empty()) {
    std::vector<Value> next;
    for (const Value child : level) {
      out.push_back(child);
      if (!is_node(call, child) || !has_more_than_text(call, child)) continue;
      const auto items = call.heap().items(part(call, child, node_children));
      next.insert(next.end(), items.begin(), items.end());
    }
    level = std::move(next);
  }
  return call.give(node_list(call, out));
}
Status node_iterator(Call& call) {
  return call.give(call.heap().make_iterator(IteratorMode::list, part(call, call.self(), node_children)));
}
Status node_description(Call& call) {
  const Value self = call.self();
  TextBuilder out;
  out.append(call.heap().text(part(call, self, node_name)));
  out.append("[attributes={");
  bool first = true;
  const std::vector<MapSlot> attributes(call.heap().slots(part(call, self, node_attributes)).begin(),
                                        call.heap().slots(part(call, self, node_attributes)).end());
  for (const MapSlot& slot : attributes) {
    if (slot.key.is_undefined()) continue;
    if (!first) out.append("; ");
    first = false;
    VM_DO(call.to_text(slot.key.plain(), out));
    out.append("=");
    VM_DO(call.to_text(slot.value, out));
  }
  out.append("}; value=");
  const Value children = part(call, self, node_children);
  const bool plain = part(call, self, node_plain).is_true() && call.heap().items(children).size() == 1;
  VM_DO(call.to_text(plain ? call.heap().items(children)[0] : children, out));
  out.append("]");
  return call.give_text(out);
}

// NodeLists: what all nodes of the list have.

Status list_get(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  std::vector<Value> out;
  const std::vector<Value> nodes(call.heap().items(call.self()).begin(), call.heap().items(call.self()).end());
  for (const Value node : nodes) {
    if (!is_node(call, node)) continue;
    if (!name.empty() && name[0] == '@') {
      const Value v = call.heap().map_get(part(call, node, node_attributes), name.substring(1, name.size()));
      out.push_back(v.is_undefined() ? Value::null() : v);
    } else {
      children_named(call, node, name, out);
    }
  }
  return call.give(node_list(call, out));
}
Status list_text(Call& call) {
  TextBuilder out;
  for (const Value node : call.heap().items(call.self())) {
    if (is_node(call, node)) {
      text_into(call, node, out);
    } else if (node.is_string()) {
      out.append(call.heap().text(node));
    }
  }
  return call.give_text(out);
}

// ---- GPathResult: slot 0 list of Nodes or of texts (attributes), slot 1 the name, slot 2 the node searched
// ------------

enum PathSlot : std::uint32_t { path_nodes, path_name, path_from, kPathSlots };

Value make_path(Call& call, ClassId id, const std::vector<Value>& nodes, TextView name, Value from) {
  const Value list = new_list(call, nodes);
  const Value text = call.heap().make_string(name);
  const Value v = call.heap().make_native(id, kPathSlots);
  const auto slots = call.heap().native_slots(v);
  slots[path_nodes] = list;
  slots[path_name] = text;
  slots[path_from] = from;
  return v;
}
Value one_node(Call& call, Value node) {
  return make_path(call, java::node_child, {node}, call.heap().text(part(call, node, node_name)), Value::null());
}
std::vector<Value> nodes_of(Call& call, Value path) {
  const auto items = call.heap().items(call.heap().native_slots(path)[path_nodes]);
  return {items.begin(), items.end()};
}
TextBuilder path_text(Call& call, Value path) {
  TextBuilder out;
  for (const Value node : nodes_of(call, path)) {
    if (is_node(call, node)) {
      text_into(call, node, out);
    } else {
      out.append(call.text_of(node));
    }
  }
  return out;
}
Value several(Call& call, const std::vector<Value>& nodes, TextView name) {
  return make_path(call, java::node_children, nodes, name, Value::null());
}
bool is_attribute(Call& call, Value path) {
  const ClassId id = call.class_of(path);
  return id == java::xml_attribute || id == java::xml_attributes;
}
/// An element of a path as a path of its own.
Value element_of(Call& call, Value path, Value node) {
  if (is_attribute(call, path)) {
    return make_path(call, java::xml_attribute, {node}, call.text_of(call.heap().native_slots(path)[path_name]),
                     Value::null());
  }
  return one_node(call, node);
}

Status slurper_parse(Call& call) {
  Value root;
  VM_DO(parse(call, call.arg(0), root));
  return call.give(one_node(call, root));
}
Status path_get(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  const std::vector<Value> nodes = nodes_of(call, call.self());
  std::vector<Value> out;
  if (!name.empty() && name[0] == '@') {
    const auto colon = name.find(TextView(std::string_view(":")));
    const TextView local = name.substring(colon == TextView::npos ? 1 : colon + 1, name.size());
    for (const Value node : nodes) {
      if (!is_node(call, node)) continue;
      const Value v = call.heap().map_get(part(call, node, node_attributes), local);
      if (!v.is_undefined()) out.push_back(v);
    }
    return call.give(make_path(call, java::xml_attributes, out, local, Value::null()));
  }
  if (name == TextView(std::string_view("**"))) {
    for (const Value node : nodes) {
      if (is_node(call, node)) descend(call, node, out);
    }
    return call.give(several(call, out, name));
  }
  if (name == TextView(std::string_view(".."))) {
    for (const Value node : nodes) {
      if (is_node(call, node) && is_node(call, part(call, node, node_parent)))
        out.push_back(part(call, node, node_parent));
    }
    if (out.size() == 1) return call.give(one_node(call, out[0]));
    return call.give(several(call, out, name));
  }
  for (const Value node : nodes) {
    if (is_node(call, node)) children_named(call, node, name, out);
  }
  return call.give(several(call, out, name));
}
Status path_set(Call& call) {
  TextView name;
  VM_DO(call.text(call.arg(0), name));
  TextBuilder value;
  VM_DO(call.to_text(call.arg(1), value));
  const Value text = call.heap().make_string(value);
  for (const Value node : nodes_of(call, call.self())) {
    if (!is_node(call, node)) continue;
    if (!name.empty() && name[0] == '@') {
      call.heap().map_put(part(call, node, node_attributes), call.heap().make_string(name.substring(1, name.size())),
                          text);
      continue;
    }
    std::vector<Value> found;
    children_named(call, node, name, found);
    for (const Value child : found) {
      const Value list = part(call, child, node_children);
      call.heap().list_clear(list);
      call.heap().list_add(list, text);
    }
  }
  return call.give_null();
}
/// The Node behind a single element.
Status path_node(Call& call) {
  const auto nodes = nodes_of(call, call.self());
  return call.give(nodes.empty() ? Value::null() : nodes[0]);
}
/// What appendNode and replaceNode leave is written later and not seen before.
Status path_append(Call& call) {
  for (const Value node : nodes_of(call, call.self())) {
    if (is_node(call, node)) call.heap().list_add(part(call, node, node_children), call.arg(0));
  }
  return call.give_null();
}
Status path_replace(Call& call) {
  for (const Value node : nodes_of(call, call.self())) {
    if (is_node(call, node)) part(call, node, node_replacement) = call.arg(0);
  }
  return call.give_null();
}
Status node_get_replacement(Call& call) { return call.give(part(call, call.self(), node_replacement)); }
Status path_local_text(Call& call) {
  const auto nodes = nodes_of(call, call.self());
  std::vector<Value> out;
  if (!nodes.empty() && is_node(call, nodes[0])) {
    for (const Value child : call.heap().items(part(call, nodes[0], node_children))) {
      if (!is_node(call, child)) out.push_back(child);
    }
  }
  return call.give(new_list(call, out));
}
Status path_text_of(Call& call) { return call.give_text(path_text(call, call.self())); }
Status path_get_name(Call& call) { return call.give(call.heap().native_slots(call.self())[path_name]); }
Status path_size(Call& call) { return call.give(static_cast<std::int32_t>(nodes_of(call, call.self()).size())); }
Status path_is_empty(Call& call) { return call.give(nodes_of(call, call.self()).empty()); }
/// Only the result of an index that is not there is false.
Status path_truth(Call& call) { return call.give(call.class_of(call.self()) != java::no_children); }
Status path_at(Call& call) {
  const auto nodes = nodes_of(call, call.self());
  auto n = call.long_arg(0);
  if (n < 0) n += static_cast<std::int64_t>(nodes.size());
  if (n < 0 || n >= static_cast<std::int64_t>(nodes.size())) {
    return call.give(make_path(call, java::no_children, {},
                               call.text_of(call.heap().native_slots(call.self())[path_name]), Value::null()));
  }
  return call.give(element_of(call, call.self(), nodes[static_cast<std::size_t>(n)]));
}
/// For the prelude: the elements, and a path of those chosen.
Status path_elements(Call& call) {
  std::vector<Value> out;
  for (const Value node : nodes_of(call, call.self())) out.push_back(element_of(call, call.self(), node));
  return call.give(new_list(call, out));
}
Status path_chosen(Call& call) {
  std::vector<Value> paths;
  VM_DO(call.elements(call.arg(0), paths));
  std::vector<Value> nodes;
  for (const Value path : paths) {
    for (const Value node : nodes_of(call, path)) nodes.push_back(node);
  }
  return call.give(several(call, nodes, call.text_of(call.heap().native_slots(call.self())[path_name])));
}
Status path_iterator(Call& call) {
  VM_DO(path_elements(call));
  return call.give(call.heap().make_iterator(IteratorMode::list, call.self()));
}
Status path_children(Call& call) {
  std::vector<Value> out;
  for (const Value node : nodes_of(call, call.self())) {
    if (is_node(call, node)) children_named(call, node, TextView(std::string_view("*")), out);
  }
  return call.give(several(call, out, TextView(std::string_view("*"))));
}
Status path_parent(Call& call) {
  const auto nodes = nodes_of(call, call.self());
  if (!nodes.empty() && is_node(call, nodes[0]) && is_node(call, part(call, nodes[0], node_parent))) {
    return call.give(one_node(call, part(call, nodes[0], node_parent)));
  }
  return call.give(call.self());
}
Status path_depth_first(Call& call) {
  std::vector<Value> nodes;
  for (const Value node : nodes_of(call, call.self())) {
    if (!is_node(call, node)) continue;
    if (call.name() == "breadthFirst") {
      descend_by_level(call, node, nodes);
    } else {
      descend(call, node, nodes);
    }
  }
  std::vector<Value> out;
  for (const Value node : nodes) out.push_back(one_node(call, node));
  return call.give(call.heap().make_iterator(IteratorMode::list, new_list(call, out)));
}
Status path_attributes(Call& call) {
  const auto nodes = nodes_of(call, call.self());
  return call.give(!nodes.empty() && is_node(call, nodes[0]) ? part(call, nodes[0], node_attributes)
                                                             : call.heap().make_map());
}
Status path_equals(Call& call) {
  const Value other = call.arg(0);
  if (other.is_null()) return call.give(false);
  const TextBuilder mine = path_text(call, call.self());
  if (other.is(Kind::native_object) && call.is_instance(other, java::gpath_result)) {
    return call.give(mine.view() == path_text(call, other).view());
  }
  TextView text;
  VM_DO(call.text(other, text));
  return call.give(mine.view() == text);
}
Status path_hash(Call& call) { return call.give(path_text(call, call.self()).view().hash()); }
Status path_number(Call& call) {
  const std::string text = path_text(call, call.self()).view().utf8();
  const std::string trimmed(data::trim_blanks(text));
  const auto name = call.name();
  if (name == "toInteger") return call.give(VM_JAVA(call, num::parse_int(trimmed)));
  if (name == "toLong") return call.give(VM_JAVA(call, num::parse_long(trimmed)));
  if (name == "toDouble") return call.give(VM_JAVA(call, num::parse_double(trimmed)));
  if (name == "toFloat") return call.give(Value::of_float(VM_JAVA(call, num::parse_float(trimmed))));
  if (name == "toBoolean") return call.give(trimmed == "true" || trimmed == "y" || trimmed == "1");
  if (name == "toBigDecimal")
    return call.give(call.heap().make_big_decimal(VM_JAVA(call, num::BigDecimal::parse(trimmed))));
  return call.give(call.heap().make_big_integer(VM_JAVA(call, num::BigInteger::parse(trimmed))));
}
Status path_replace_body(Call& call) {
  Value text = call.arg(0);
  if (!text.is(Kind::closure)) {
    TextBuilder value;
    VM_DO(call.to_text(call.arg(0), value));
    text = call.heap().make_string(value);
  }
  for (const Value node : nodes_of(call, call.self())) {
    if (!is_node(call, node)) continue;
    const Value list = part(call, node, node_children);
    call.heap().list_clear(list);
    call.heap().list_add(list, text);
  }
  return call.give_null();
}

// ---- XmlUtil
// ---------------------------------------------------------------------------------------------------------

/// As Java's serializer with indentation: every child begins a line, a text that has brothers as well (its first line
/// breaks are left out); a text alone stays where it is.
void write_indented(const data::XmlNode& node, int depth, std::string& out) {
  const auto new_line = [&](int level) {
    out += '\n';
    out.append(static_cast<std::size_t>(level) * 2, ' ');
  };
  const auto escaped = [&](std::string_view text, bool is_attribute) {
    for (const char c : text) {
      if (c == '<') {
        out += "&lt;";
      } else if (c == '>') {
        out += "&gt;";
      } else if (c == '&') {
        out += "&amp;";
      } else if (c == '"' && is_attribute) {
        out += "&quot;";
      } else if (c == '\n' && is_attribute) {
        out += "&#10;";
      } else if (c == '\t' && is_attribute) {
        out += "&#9;";
      } else if (c == '\r') {
        out += "&#13;";
      } else {
        out += c;
      }
    }
  };
  out += '<' + node.name;
  for (const auto& attribute : node.attributes) {
    out += ' ' + attribute.name + "=\"";
    escaped(attribute.value, true);
    out += '"';
  }
  if (node.children.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  const bool has_elements = std::any_of(node.children.begin(), node.children.end(),
                                        [](const data::XmlNode& child) { return !child.is_text(); });
  for (const data::XmlNode& child : node.children) {
    if (has_elements) new_line(depth + 1);
    if (child.is_text()) {
      std::string_view text = child.text;
      while (has_elements && text.starts_with('\n')) text.remove_prefix(1);
      escaped(text, false);
    } else {
      write_indented(child, depth + 1, out);
    }
  }
  if (has_elements) new_line(depth);
  out += "</" + node.name + '>';
}
Status transformed(Call& call) {
  data::XmlParseOptions options;
  options.keep_blanks = true;
  const auto parsed = data::parse_xml(call.utf8_arg(0), options);
  if (!parsed) return call.throw_java("org.xml.sax.SAXParseException", parsed.error().message);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  write_indented(*parsed, 0, out);
  return call.give_utf8(out + '\n');
}
Status escape_xml(Call& call) {
  std::string out;
  for (const char c : call.utf8_arg(0)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return call.give_utf8(out);
}

using K = NativeKind;
constexpr std::string_view kNode = "groovy.util.Node";
constexpr std::string_view kList = "groovy.util.NodeList";
constexpr std::string_view kPath = "groovy.util.slurpersupport.GPathResult";
#define WL_READER(owner, function)                                                                                     \
  {owner, "<init>", "", reader_new, K::constructor}, {owner, "<init>", "boolean,boolean", reader_new, K::constructor}, \
      {owner, "<init>", "boolean,boolean,boolean", reader_new, K::constructor},                                        \
      {owner, "parseText", "Object", function}, {owner, "parse", "Object", function},                                  \
      {owner, "setFeature", "String,boolean", nothing}, {owner, "setKeepIgnorableWhitespace", "boolean", nothing}, {   \
    owner, "setTrimWhitespace", "boolean", nothing                                                                     \
  }
constexpr NativeMethod kMethods[] = {
    WL_READER("groovy.util.XmlParser", parser_parse),
    WL_READER("groovy.util.XmlSlurper", slurper_parse),
    {kNode, "<init>", "Object,Object", node_new, K::constructor},
    {kNode, "<init>", "Object,Object,Object", node_new, K::constructor},
    {kNode, "<init>", "Object,Object,Map,Object", node_new, K::constructor},
    {kNode, "name", "", node_get_name},
    {kNode, "text", "", node_text},
    {kNode, "localText", "", node_local_text},
    {kNode, "value", "", node_value},
    {kNode, "children", "", node_children_of},
    {kNode, "__qualifiedName", "", node_qualified_name},
    {kNode, "__replaceBy", "List", node_replace_by},
    {kNode, "__replacement", "", node_get_replacement},
    {kNode, "attributes", "", node_get_attributes},
    {kNode, "attribute", "Object", node_attribute},
    {kNode, "parent", "", node_get_parent},
    {kNode, "get", "String", node_get},
    {kNode, "getAt", "String", node_get},
    {kNode, "getProperty", "String", node_get},
    {kNode, "setProperty", "String,Object", node_set_attribute},
    {kNode, "setValue", "Object", node_set_value},
    {kNode, "append", "Object", node_append},
    {kNode, "appendNode", "Object", node_append_node},
    {kNode, "appendNode", "Object,Object", node_append_node},
    {kNode, "appendNode", "Object,Map,Object", node_append_node},
    {kNode, "remove", "Object", node_remove},
    {kNode, "depthFirst", "", node_depth_first},
    {kNode, "breadthFirst", "", node_depth_first},
    {kNode, "iterator", "", node_iterator},
    {kNode, "toString", "", node_description},
    {kList, "getAt", "String", list_get},
    {kList, "getProperty", "String", list_get},
    {kList, "text", "", list_text},
    {kPath, "getProperty", "String", path_get},
    {kPath, "setProperty", "String,Object", path_set},
    {kPath, "getAt", "int", path_at},
    {kPath, "text", "", path_text_of},
    {kPath, "toString", "", path_text_of},
    {kPath, "name", "", path_get_name},
    {kPath, "size", "", path_size},
    {kPath, "isEmpty", "", path_is_empty},
    {kPath, "asBoolean", "", path_truth},
    {kPath, "iterator", "", path_iterator},
    {kPath, "children", "", path_children},
    {kPath, "parent", "", path_parent},
    {kPath, "depthFirst", "", path_depth_first},
    {kPath, "breadthFirst", "", path_depth_first},
    {kPath, "attributes", "", path_attributes},
    {kPath, "list", "", path_elements},
    {kPath, "__elements", "", path_elements},
    {kPath, "__chosen", "List", path_chosen},
    {kPath, "equals", "Object", path_equals},
    {kPath, "hashCode", "", path_hash},
    {kPath, "toInteger", "", path_number},
    {kPath, "toLong", "", path_number},
    {kPath, "toDouble", "", path_number},
    {kPath, "toFloat", "", path_number},
    {kPath, "toBoolean", "", path_number},
    {kPath, "toBigDecimal", "", path_number},
    {kPath, "toBigInteger", "", path_number},
    {kPath, "replaceBody", "Object", path_replace_body},
    {kPath, "localText", "", path_local_text},
    {kPath, "appendNode", "Object", path_append},
    {kPath, "replaceNode", "Closure", path_replace},
    {kPath, "__node", "", path_node},
    {"groovy.xml.XmlUtil", "__transformed", "String", transformed, K::static_method},
    {"groovy.xml.XmlUtil", "escapeXml", "String", escape_xml, K::static_method},
};
#undef WL_READER

}  // namespace

NativeTable xml_methods() { return kMethods; }

}  // namespace windlass::vm
