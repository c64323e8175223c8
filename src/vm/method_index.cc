#include "vm/method_index.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "vm/java_classes.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {

constexpr std::string_view kIndexMark = "windlass methods";  // a multiple of four
static_assert(kIndexMark.size() % 4 == 0);
static_assert(std::is_trivially_copyable_v<MethodRow> && std::is_trivially_copyable_v<ResolvedType>);

ResolvedType parse_type(std::string_view text) {
  ResolvedType type;
  if (const auto generic = text.find('<'); generic != std::string_view::npos) {
    const auto close = text.rfind('>');
    const std::string plain = std::string(text.substr(0, generic)) + std::string(text.substr(close + 1));
    return parse_type(plain);
  }
  while (text.ends_with("[]")) {
    ++type.arrays;
    text.remove_suffix(2);
  }
  if (text.empty() || text == "def" || text == "Object") {
    type.id = java::object;
    return type;
  }
  type.id = find_java_class(text);
  if (type.id == kNoClass) type.id = find_default_import(text);
  if (type.id == kNoClass) type.id = java::object;
  return type;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

std::uint32_t name_hash(std::string_view name) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 15U);
}

class Maker {
 public:
  Maker(std::span<const NativeTable> natives, std::span<const PreludeSource> prelude) {
    add_classes();
    for (std::uint32_t table = 0; table < natives.size(); ++table) add_natives(natives[table], table);
    for (std::uint32_t file = 0; file < prelude.size(); ++file) add_file(prelude[file].text, file);
    std::ranges::sort(made_, {}, [](const Made& one) { return std::pair(one.name, one.order); });
    drop_replaced();
    lay_names();
  }

  [[nodiscard]] std::string bytes() const {
    std::string out(kIndexMark);
    std::vector<MethodRow> rows;
    for (const auto& one : made_) rows.push_back(one.row);
    add(out, rows);
    add(out, types_);
    add(out, slots_);
    add(out, linear_begins_);
    add(out, linear_);
    add(out, interface_begins_);
    add(out, interfaces_);
    add(out, std::vector<char>(names_.begin(), names_.end()));
    return out;
  }

 private:
  struct Made {
    std::string_view name;  ///< in a table or a text
    MethodRow row;
    std::size_t order = 0;
  };

  template <class T>
  static void add(std::string& out, const std::vector<T>& list) {
    const auto count = static_cast<std::uint32_t>(list.size());
    out.append(reinterpret_cast<const char*>(&count), sizeof count);
    if (!list.empty()) out.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T));
    out.resize((out.size() + 3) / 4 * 4);
  }

  /// A few hundred types stand in thousands of rows, and finding one by its simple name tries eight packages.
  ResolvedType type_of(std::string_view text) {
    if (const auto known = known_types_.find(text); known != known_types_.end()) return known->second;
    return known_types_.emplace(text, parse_type(text)).first->second;
  }

  void add_type(MethodRow& row, ResolvedType type) {
    types_.push_back(type);
    ++row.parameters;
  }

  void add_classes();
  void add_natives(NativeTable table, std::uint32_t number);
  void add_file(std::string_view text, std::uint32_t file);
  void add_declaration(std::string_view line, std::uint32_t file, std::uint32_t number);
  void drop_replaced();
  void lay_names();

  std::unordered_map<std::string_view, ResolvedType> known_types_;
  std::vector<Made> made_;
  std::vector<ResolvedType> types_;
  std::vector<std::uint32_t> slots_, linear_begins_, interface_begins_;
  std::vector<ClassId> linear_, interfaces_;
  std::string names_;
};

/// A method of a prelude stands in place of a native one that has its owner, name and parameters. The native one stays
/// in its table for runs that go on with an older prelude.
void Maker::drop_replaced() {
  const auto parameters = [this](const Made& one) {
    return std::span(types_).subspan(one.row.first_type, one.row.parameters);
  };
  std::vector<Made> kept;
  for (const Made& one : made_) {
    const auto same_name = std::ranges::equal_range(made_, one.name, {}, &Made::name);
    const bool replaced =
        (one.row.flags & MethodRow::kPrelude) == 0 && std::ranges::any_of(same_name, [&](const Made& other) {
          return (other.row.flags & MethodRow::kPrelude) != 0 && other.row.owner == one.row.owner &&
                 other.row.kind == one.row.kind &&
                 std::ranges::equal(parameters(other), parameters(one), [](ResolvedType a, ResolvedType b) {
                   return a.id == b.id && a.arrays == b.arrays;
                 });
        });
    if (!replaced) kept.push_back(one);
  }
  made_ = std::move(kept);
}

void Maker::add_classes() {
  const auto rows = java_classes();
  std::vector<std::vector<ClassId>> direct(rows.size());
  for (std::size_t id = 0; id < rows.size(); ++id) {
    std::string_view rest = rows[id].interfaces;
    while (!rest.empty()) {
      const auto space = rest.find(' ');
      const ClassId i = find_java_class(rest.substr(0, space));
      if (i != kNoClass) direct[id].push_back(i);
      rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
    interface_begins_.push_back(static_cast<std::uint32_t>(interfaces_.size()));
    interfaces_.insert(interfaces_.end(), direct[id].begin(), direct[id].end());
  }
  interface_begins_.push_back(static_cast<std::uint32_t>(interfaces_.size()));
  for (std::size_t id = 0; id < rows.size(); ++id) {
    std::vector<ClassId> order;
    std::vector<ClassId> interfaces;
    const auto add_interfaces = [&](ClassId c) {
      interfaces.insert(interfaces.end(), direct[c].begin(), direct[c].end());
    };
    auto at = static_cast<ClassId>(id);
    while (at != java::object) {
      order.push_back(at);
      add_interfaces(at);
      at = rows[at].super;
    }
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
      const ClassId c = interfaces[i];
      if (std::find(order.begin(), order.end(), c) == order.end()) order.push_back(c);
      add_interfaces(c);
    }
    order.push_back(java::object);
    linear_begins_.push_back(static_cast<std::uint32_t>(linear_.size()));
    linear_.insert(linear_.end(), order.begin(), order.end());
  }
  linear_begins_.push_back(static_cast<std::uint32_t>(linear_.size()));
}

void Maker::add_natives(NativeTable table, std::uint32_t number) {
  std::string_view owner_name;
  ClassId owner = kNoClass;
  for (std::uint32_t place = 0; place < table.size(); ++place) {
    const NativeMethod& m = table[place];
    if (m.owner != owner_name) {
      owner_name = m.owner;
      owner = find_java_class(owner_name);
    }
    if (owner == kNoClass) continue;
    MethodRow row{.from = number,
                  .place = place,
                  .first_type = static_cast<std::uint32_t>(types_.size()),
                  .owner = owner,
                  .kind = static_cast<std::uint8_t>(m.kind)};
    std::string_view rest = m.parameters;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      std::string_view part = trim(rest.substr(0, comma));
      if (part.ends_with("...")) {
        row.flags |= MethodRow::kVarargs;
        part.remove_suffix(3);
      }
      add_type(row, type_of(part));
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    row.required = row.parameters;
    made_.push_back({m.name, row, made_.size()});
  }
}

void Maker::add_file(std::string_view text, std::uint32_t file) {
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with("static ")) add_declaration(line, file, number);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

void Maker::add_declaration(std::string_view line, std::uint32_t file, std::uint32_t number) {
  const auto open = line.find('(');
  const auto close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close <= open) return;
  const std::string_view head = trim(line.substr(0, open));
  MethodRow row{.from = file,
                .place = number,
                .first_type = static_cast<std::uint32_t>(types_.size()),
                .kind = static_cast<std::uint8_t>(NativeKind::method),
                .flags = MethodRow::kPrelude};
  // Parameters up to the parenthesis that closes the list.
  std::size_t stop = open + 1;
  int depth = 1;
  for (; stop < line.size(); ++stop) {
    if (line[stop] == '(' || line[stop] == '[' || line[stop] == '{') ++depth;
    if ((line[stop] == ')' || line[stop] == ']' || line[stop] == '}') && --depth == 0) break;
  }
  std::string_view rest = line.substr(open + 1, stop - open - 1);
  bool first = true;
  while (!rest.empty()) {
    int nesting = 0;
    std::size_t comma = 0;
    for (; comma < rest.size(); ++comma) {
      const char c = rest[comma];
      if (c == '(' || c == '[' || c == '<' || c == '{') ++nesting;
      if (c == ')' || c == ']' || c == '>' || c == '}') --nesting;
      if (c == ',' && nesting == 0) break;
    }
    std::string_view part = trim(rest.substr(0, comma));
    rest = comma < rest.size() ? rest.substr(comma + 1) : std::string_view{};
    const auto equals = part.find('=');
    const bool optional = equals != std::string_view::npos;
    part = trim(part.substr(0, equals));
    if (part.starts_with("final ")) part.remove_prefix(6);
    const auto gap = part.rfind(' ');
    std::string_view type = gap == std::string_view::npos ? std::string_view{} : trim(part.substr(0, gap));
    const bool varargs = type.ends_with("...");
    if (varargs) type.remove_suffix(3);
    const ResolvedType resolved = type_of(type);
    if (std::exchange(first, false)) {
      if (type.starts_with("Class<")) {
        // `static T name(Class<Owner> self, …)`: a static method of Owner.
        row.kind = static_cast<std::uint8_t>(NativeKind::static_method);
        row.owner = parse_type(type.substr(6, type.size() - 7)).id;
      } else {
        row.owner = resolved.arrays > 0 ? static_cast<ClassId>(java::object_array) : resolved.id;
      }
      continue;
    }
    add_type(row, resolved);
    if (varargs) row.flags |= MethodRow::kVarargs;
    if (!optional) ++row.required;
  }
  if (first) return;
  const auto name = head.substr(head.rfind(' ') + 1);
  if (row.owner == java::object && !is_object_method(name)) row.flags |= MethodRow::kContainersOnly;
  made_.push_back({name, row, made_.size()});
}

void Maker::lay_names() {
  std::vector<std::uint32_t> firsts;
  for (std::uint32_t i = 0; i < made_.size(); ++i) {
    auto& [name, row, order] = made_[i];
    if (i == 0 || made_[i - 1].name != name) {
      firsts.push_back(i);
      row.name = static_cast<std::uint32_t>(names_.size());
      names_ += name;
    } else {
      row.name = made_[i - 1].row.name;
    }
    row.name_size = static_cast<std::uint32_t>(name.size());
  }
  std::size_t size = 16;
  while (size < firsts.size() * 2) size *= 2;
  slots_.assign(size, 0);
  for (const auto at : firsts) {
    auto slot = name_hash(made_[at].name) & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = at + 1;
  }
}

template <class T>
bool take(std::string_view& bytes, std::span<const T>& list) {
  std::uint32_t count = 0;
  if (bytes.size() < sizeof count) return false;
  std::memcpy(&count, bytes.data(), sizeof count);
  bytes.remove_prefix(sizeof count);
  const auto size = (std::size_t{count} * sizeof(T) + 3) / 4 * 4;
  if (bytes.size() < size) return false;
  list = {reinterpret_cast<const T*>(bytes.data()), count};
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

std::optional<std::uint32_t> MethodLists::first(std::string_view name) const {
  const auto mask = slots.size() - 1;
  for (auto slot = name_hash(name) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    if (name_of(rows[slots[slot] - 1]) == name) return slots[slot] - 1;
  }
  return std::nullopt;
}

std::string make_method_index(std::span<const NativeTable> natives, std::span<const PreludeSource> prelude) {
  return Maker(natives, prelude).bytes();
}

std::optional<MethodLists> read_method_index(std::string_view bytes) {
  if (!bytes.starts_with(kIndexMark)) return std::nullopt;
  bytes.remove_prefix(kIndexMark.size());
  MethodLists lists;
  std::span<const char> names;
  const bool whole = take(bytes, lists.rows) && take(bytes, lists.types) && take(bytes, lists.slots) &&
                     take(bytes, lists.linear_begins) && take(bytes, lists.linear) &&
                     take(bytes, lists.interface_begins) && take(bytes, lists.interfaces) && take(bytes, names);
  if (!whole || lists.slots.empty()) return std::nullopt;
  lists.names = {names.data(), names.size()};
  return lists;
}

}  // namespace windlass::vm
