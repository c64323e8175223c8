// Regular expressions: Pattern, Matcher, and the methods of String that take one. Java's syntax and semantics come from
// text/regex.h; a match that would take for ever ends as StackOverflowError, as Java's does.
#include <optional>

#include "text/regex.h"
#include "vm/gdk/matcher.h"
#include "vm/gdk/regex_cache.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

text::Subject subject_of(TextView text) {
  return text.wide() ? text::Subject(text.units()) : text::Subject(text.latin1());
}

Status exhausted(Call& call) {
  return call.throw_java("java.lang.StackOverflowError", "the regular expression takes too long on this text");
}

/// PatternSyntaxException with what scripts ask of it. The message is Java's: what, near which index, the pattern, and
/// a mark under the place.
Status throw_syntax(Call& call, Value source, const std::string& message) {
  const Status status = call.throw_java("java.util.regex.PatternSyntaxException", message);
  const Value exception = call.take_exception();
  const std::string first = message.substr(0, message.find('\n'));
  const auto near = first.rfind(" near index ");
  const Value fields = call.heap().make_map();
  call.heap().map_put(fields, "description", call.heap().make_string(std::string_view(first).substr(0, near)));
  call.heap().map_put(fields, "index",
                      Value::of_int(near == std::string::npos ? -1 : std::stoi(first.substr(near + 12))));
  call.heap().map_put(fields, "pattern", source);
  call.heap().instance_slots(exception)[throwable_extra] = fields;
  (void)status;
  return call.throw_value(exception);
}

Status regex_of(Call& call, Value pattern, std::optional<text::Regex>& out) {
  auto* object = call.heap().pattern(pattern);
  auto& cache = call.vm().state().regexes;
  if (!cache) cache = std::make_shared<RegexCache>();
  auto compiled = cache->compile(call.heap(), object->source, object->pattern_flags);
  if (!compiled) return throw_syntax(call, object->source, compiled.error().message);
  out.emplace(std::move(*compiled));
  return Status::ok;
}

Status regex_from(Call& call, Value source, std::optional<text::Regex>& out) {
  Value pattern;
  VM_DO(pattern_of(call, source, pattern));
  return regex_of(call, pattern, out);
}

Value group_text(Call& call, TextView text, const text::Group& group) {
  if (!group.matched()) return Value::null();
  return call.heap().make_string(
      text.substring(static_cast<std::size_t>(group.start), static_cast<std::size_t>(group.end)));
}

/// What find, findAll and eachMatch give for one match: the text, or a list of the whole and its groups.
Value match_value(Call& call, TextView text, const text::Groups& groups) {
  if (groups.size() == 1) return group_text(call, text, groups[0]);
  auto list = call.heap().make_list();
  for (const auto& group : groups) call.heap().list_add(list, group_text(call, text, group));
  return list;
}

/// All matches, in order; an empty one moves on by a unit.
Status all_matches(Call& call, const text::Regex& regex, TextView text, std::vector<text::Groups>& out) {
  auto subject = subject_of(text);
  for (std::size_t at = 0; at <= text.size();) {
    auto found = regex.match(subject, at);
    if (!found) return exhausted(call);
    if (!*found) break;
    const auto& whole = (**found)[0];
    at = static_cast<std::size_t>(whole.end) + (whole.end == whole.start ? 1 : 0);
    out.push_back(std::move(**found));
  }
  return Status::ok;
}

// ---- String
// ------------------------------------------------------------------------------------------------------------

Status matches(Call& call) {
  bool whole = false;
  VM_DO(whole_match(call, call.self(), call.arg(0), whole));
  return call.give(whole);
}

Status replace_with_text(Call& call, bool all) {
  TextView replacement;
  VM_DO(call.text(call.arg(1), replacement));
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, call.arg(0), regex));
  auto text = call.text_of(call.self());
  auto subject = subject_of(text);
  auto expanded = replacement.utf16();
  auto result = VM_JAVA(
      call, all ? text::replace_all(*regex, subject, expanded) : text::replace_first(*regex, subject, expanded));
  VM_DO(call.check_size(result.size() * 2));
  return call.give_text(TextView(std::u16string_view(result)));
}

Status replace_with_closure(Call& call, bool all) {
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, call.arg(0), regex));
  auto text = call.text_of(call.self());
  std::vector<text::Groups> found;
  VM_DO(all_matches(call, *regex, text, found));
  if (!all && found.size() > 1) found.resize(1);
  TextBuilder out;
  std::size_t at = 0;
  for (const auto& groups : found) {
    std::vector<Value> args;
    for (const auto& group : groups) args.push_back(group_text(call, text, group));
    Value value;
    // A closure with one parameter gets the match, or the list of the groups where there are some.
    if (args.size() > 1) {
      auto list = call.heap().make_list(std::span<const Value>(args));
      VM_DO(call.invoke(call.arg(1), {list}, value));
    } else {
      VM_DO(call.invoke(call.arg(1), std::span<const Value>(args), value));
    }
    out.append(text.substring(at, static_cast<std::size_t>(groups[0].start)));
    VM_DO(call.to_text(value, out));
    at = static_cast<std::size_t>(groups[0].end);
  }
  out.append(text.substring(at, text.size()));
  return call.give_text(out);
}
Status replace_all(Call& call) {
  return call.arg(1).is(Kind::closure) ? replace_with_closure(call, true) : replace_with_text(call, true);
}
Status replace_first(Call& call) {
  return call.arg(1).is(Kind::closure) ? replace_with_closure(call, false) : replace_with_text(call, false);
}

Status split(Call& call) {
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, call.arg(0), regex));
  auto text = call.text_of(call.self());
  auto parts = text::split(*regex, subject_of(text), call.has(1) ? call.int_arg(1) : 0);
  if (!parts) return exhausted(call);
  auto array = call.heap().make_array(java::string, static_cast<std::uint32_t>(parts->size()));
  for (std::size_t i = 0; i < parts->size(); ++i) {
    auto piece = group_text(call, text, (*parts)[i]);
    call.heap().array_items(array)[i] = piece;
  }
  return call.give(array);
}
Status split_blank(Call& call) {  // Groovy: split() is tokenize() as an array
  auto text = call.text_of(call.self());
  std::vector<Value> parts;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] <= ' ') {
      ++i;
      continue;
    }
    auto begin = i;
    while (i < text.size() && text[i] > ' ') ++i;
    parts.push_back(call.heap().make_string(text.substring(begin, i)));
  }
  auto array = call.heap().make_array(java::string, static_cast<std::uint32_t>(parts.size()));
  std::copy(parts.begin(), parts.end(), call.heap().array_items(array).begin());
  return call.give(array);
}

Status find_text(Call& call) {
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, call.arg(0), regex));
  auto text = call.text_of(call.self());
  auto found = regex->match(subject_of(text));
  if (!found) return exhausted(call);
  if (!*found) return call.give_null();
  if (!call.has(1)) return call.give(group_text(call, text, (**found)[0]));
  Value value;
  VM_DO(call.invoke(call.arg(1), {match_value(call, text, **found)}, value));
  return call.give(value);
}
Status find_all_text(Call& call) {
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, call.arg(0), regex));
  auto text = call.text_of(call.self());
  std::vector<text::Groups> found;
  VM_DO(all_matches(call, *regex, text, found));
  auto list = call.heap().make_list();
  for (const auto& groups : found) {
    auto value = call.has(1) ? match_value(call, text, groups) : group_text(call, text, groups[0]);
    if (call.has(1)) VM_DO(call.invoke(call.arg(1), {value}, value));
    call.heap().list_add(list, value);
  }
  return call.give(list);
}
Status bitwise_negate(Call& call) {
  Value pattern;
  VM_DO(pattern_of(call, call.self(), pattern));
  return call.give(pattern);
}

// ---- Pattern
// -----------------------------------------------------------------------------------------------------------

Status pattern_compile(Call& call) {
  TextView source;
  VM_DO(call.text(call.arg(0), source));
  auto flags = call.has(1) ? static_cast<std::uint32_t>(call.int_arg(1)) : 0;
  auto pattern = call.heap().make_pattern(call.heap().make_string(source), flags);
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, pattern, regex));
  return call.give(pattern);
}
Status pattern_quote(Call& call) {
  auto quoted = text::quote_pattern(call.text_arg(0).utf16());
  return call.give_text(TextView(std::u16string_view(quoted)));
}
Status quote_replacement(Call& call) {
  auto quoted = text::quote_replacement(call.text_arg(0).utf16());
  return call.give_text(TextView(std::u16string_view(quoted)));
}
Status pattern_matches(Call& call) {
  bool whole = false;
  VM_DO(whole_match(call, call.arg(1), call.arg(0), whole));
  return call.give(whole);
}
Status pattern_text(Call& call) { return call.give(call.heap().pattern(call.self())->source); }
Status pattern_flags(Call& call) {
  return call.give(static_cast<std::int32_t>(call.heap().pattern(call.self())->pattern_flags));
}
Status pattern_matcher(Call& call) {
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, call.self(), regex));
  return call.give(make_matcher(call.heap(), call.self(), call.heap().make_string(text)));
}
Status pattern_is_case(Call& call) {
  if (call.arg(0).is_null()) return call.give(false);
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  const Value matcher = make_matcher(call.heap(), call.self(), call.heap().make_string(text));
  call.vm().state().last_matcher = matcher;
  Value matched;
  VM_DO(call.invoke_method(matcher, "matches", {}, matched));
  return call.give(matched);
}
Status pattern_split(Call& call) {
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, call.self(), regex));
  TextView text;
  VM_DO(call.text(call.arg(0), text));
  auto parts = text::split(*regex, subject_of(text), call.has(1) ? call.int_arg(1) : 0);
  if (!parts) return exhausted(call);
  auto array = call.heap().make_array(java::string, static_cast<std::uint32_t>(parts->size()));
  for (std::size_t i = 0; i < parts->size(); ++i) {
    auto piece = group_text(call, text, (*parts)[i]);
    call.heap().array_items(array)[i] = piece;
  }
  return call.give(array);
}
template <std::int32_t N>
Status flag(Call& call) {
  return call.give(N);
}

// ---- Matcher
// -----------------------------------------------------------------------------------------------------------

Value& slot(Call& call, MatcherSlot which) { return call.heap().native_slots(call.self())[which]; }
TextView matcher_subject(Call& call) { return call.heap().text(slot(call, matcher_text)); }

void keep_groups(Call& call, const std::optional<text::Groups>& groups) {
  if (!groups) {
    slot(call, matcher_groups) = Value::null();
    return;
  }
  auto list = call.heap().make_list();
  for (const auto& group : *groups) {
    call.heap().list_add(list, Value::of_int(group.start));
    call.heap().list_add(list, Value::of_int(group.end));
  }
  slot(call, matcher_groups) = list;
}

/// For hitEnd() and requireEnd(), which are seldom asked: what the last attempt was made of.
void keep_attempt(Call& call, text::MatchMode mode, std::size_t start) {
  if (slot(call, matcher_tried).is_null()) {
    const Value made = call.heap().make_list();
    slot(call, matcher_tried) = made;
  }
  const Value tried = slot(call, matcher_tried);
  const Value kept[] = {Value::of_int(static_cast<std::int32_t>(mode)),
                        Value::of_int(static_cast<std::int32_t>(start)),
                        slot(call, matcher_from),
                        slot(call, matcher_to),
                        slot(call, matcher_bounds),
                        slot(call, matcher_pattern),
                        slot(call, matcher_text)};
  if (call.heap().items(tried).empty()) {
    for (const Value v : kept) call.heap().list_add(tried, v);
  } else {
    std::ranges::copy(kept, call.heap().items(tried).begin());
  }
}

// Bits of matcher_bounds.
constexpr std::int32_t kNotAnchoring = 1;
constexpr std::int32_t kTransparent = 2;

Status try_match(Call& call, text::MatchMode mode, std::size_t start, bool& matched) {
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  auto text = matcher_subject(call);
  const auto bounds = slot(call, matcher_bounds).as_int();
  const text::Region region{static_cast<std::size_t>(slot(call, matcher_from).as_int()),
                            static_cast<std::size_t>(slot(call, matcher_to).as_int()), (bounds & kNotAnchoring) == 0,
                            (bounds & kTransparent) != 0};
  auto found = regex->match(subject_of(text), start, mode, region);
  if (!found) return exhausted(call);
  matched = found->has_value();
  keep_attempt(call, mode, start);
  keep_groups(call, *found);
  if (matched) {
    const auto& whole = (**found)[0];
    slot(call, matcher_position) = Value::of_int(whole.end + (whole.end == whole.start ? 1 : 0));
  }
  return Status::ok;
}
Status matcher_matches(Call& call) {
  bool matched = false;
  VM_DO(try_match(call, text::MatchMode::matches, 0, matched));
  return call.give(matched);
}
Status matcher_looking_at(Call& call) {
  bool matched = false;
  VM_DO(try_match(call, text::MatchMode::looking_at, 0, matched));
  return call.give(matched);
}
/// Forgets the last match; find() begins at the start of the region, appendReplacement at the start of the text.
void begin_region(Call& call, std::int32_t from, std::int32_t to) {
  slot(call, matcher_groups) = Value::null();
  slot(call, matcher_position) = Value::of_int(from);
  slot(call, matcher_appended) = Value::of_int(0);
  slot(call, matcher_from) = Value::of_int(from);
  slot(call, matcher_to) = Value::of_int(to);
}
Status matcher_find(Call& call) {
  const auto size = static_cast<std::int32_t>(matcher_subject(call).size());
  if (call.has(0)) {
    const auto from = call.int_arg(0);
    if (from < 0 || from > size) return call.throw_java("java.lang.IndexOutOfBoundsException", "Illegal start index");
    begin_region(call, 0, size);
    slot(call, matcher_position) = Value::of_int(from);
  }
  const auto at = slot(call, matcher_position).as_int();
  if (at > slot(call, matcher_to).as_int()) {
    keep_groups(call, std::nullopt);
    return call.give(false);
  }
  bool matched = false;
  VM_DO(try_match(call, text::MatchMode::find, static_cast<std::size_t>(at), matched));
  if (!matched) slot(call, matcher_position) = Value::of_int(size + 1);
  return call.give(matched);
}
/// Truth of a Matcher is find(), which moves it on.
Status matcher_as_boolean(Call& call) {
  call.vm().state().last_matcher = call.self();
  return matcher_find(call);
}
Status current_group(Call& call, std::int32_t index, text::Group& out) {
  auto groups = slot(call, matcher_groups);
  if (groups.is_null()) return call.throw_java("java.lang.IllegalStateException", "No match found");
  auto items = call.heap().items(groups);
  if (index < 0 || static_cast<std::size_t>(index) * 2 + 1 >= items.size()) {
    return call.throw_java("java.lang.IndexOutOfBoundsException", "No group " + std::to_string(index));
  }
  out = {items[static_cast<std::size_t>(index) * 2].as_int(), items[static_cast<std::size_t>(index) * 2 + 1].as_int()};
  return Status::ok;
}
Status group_index(Call& call, std::int32_t& index) {
  index = 0;
  if (!call.has(0)) return Status::ok;
  if (!call.arg(0).is_text()) {
    index = call.int_arg(0);
    return Status::ok;
  }
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  auto name = call.utf8_arg(0);
  auto found = regex->find_group(name);
  if (!found) return call.throw_java("java.lang.IllegalArgumentException", "No group with name <" + name + ">");
  index = *found;
  return Status::ok;
}
Status matcher_group(Call& call) {
  std::int32_t index = 0;
  VM_DO(group_index(call, index));
  text::Group group;
  VM_DO(current_group(call, index, group));
  return call.give(group_text(call, matcher_subject(call), group));
}
Status matcher_start(Call& call) {
  std::int32_t index = 0;
  VM_DO(group_index(call, index));
  text::Group group;
  VM_DO(current_group(call, index, group));
  return call.give(group.start);
}
Status matcher_end(Call& call) {
  std::int32_t index = 0;
  VM_DO(group_index(call, index));
  text::Group group;
  VM_DO(current_group(call, index, group));
  return call.give(group.end);
}
Status matcher_group_count(Call& call) {
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  return call.give(static_cast<std::int32_t>(regex->group_count()));
}
Status matcher_has_group(Call& call) {
  VM_DO(matcher_group_count(call));
  return call.give(call.self().as_int() > 0);
}
Status matcher_reset(Call& call) {
  if (call.has(0)) {
    TextView text;
    VM_DO(call.text(call.arg(0), text));
    const Value copy = call.heap().make_string(text);
    slot(call, matcher_text) = copy;
  }
  begin_region(call, 0, static_cast<std::int32_t>(matcher_subject(call).size()));
  return call.give(call.self());
}
Status matcher_region(Call& call) {
  const auto from = call.int_arg(0);
  const auto to = call.int_arg(1);
  const auto size = static_cast<std::int32_t>(matcher_subject(call).size());
  const char* wrong = from < 0 || from > size ? "start"
                      : to < 0 || to > size   ? "end"
                      : from > to             ? "start > end"
                                              : nullptr;
  if (wrong != nullptr) return call.throw_java("java.lang.IndexOutOfBoundsException", wrong);
  begin_region(call, from, to);
  return call.give(call.self());
}
Status matcher_region_start(Call& call) { return call.give(slot(call, matcher_from)); }
Status matcher_region_end(Call& call) { return call.give(slot(call, matcher_to)); }
Status last_reach(Call& call, text::Reach& out) {
  const Value tried = slot(call, matcher_tried);
  if (tried.is_null()) return Status::ok;
  const auto items = call.heap().items(tried);
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, items[5], regex));
  const auto bounds = items[4].as_int();
  const text::Region region{static_cast<std::size_t>(items[2].as_int()), static_cast<std::size_t>(items[3].as_int()),
                            (bounds & kNotAnchoring) == 0, (bounds & kTransparent) != 0};
  const auto reach = regex->reach(subject_of(call.heap().text(items[6])), static_cast<std::size_t>(items[1].as_int()),
                                  static_cast<text::MatchMode>(items[0].as_int()), region);
  if (!reach) return exhausted(call);
  out = *reach;
  return Status::ok;
}
Status matcher_hit_end(Call& call) {
  text::Reach reach;
  VM_DO(last_reach(call, reach));
  return call.give(reach.hit_end);
}
Status matcher_require_end(Call& call) {
  text::Reach reach;
  VM_DO(last_reach(call, reach));
  return call.give(reach.require_end);
}
Status matcher_has_anchoring(Call& call) {
  return call.give((slot(call, matcher_bounds).as_int() & kNotAnchoring) == 0);
}
Status matcher_has_transparent(Call& call) {
  return call.give((slot(call, matcher_bounds).as_int() & kTransparent) != 0);
}
Status use_bounds(Call& call, std::int32_t bit, bool is_set) {
  const auto bits = slot(call, matcher_bounds).as_int();
  slot(call, matcher_bounds) = Value::of_int(is_set ? bits | bit : bits & ~bit);
  return call.give(call.self());
}
Status matcher_use_anchoring(Call& call) { return use_bounds(call, kNotAnchoring, !call.bool_arg(0)); }
Status matcher_use_transparent(Call& call) { return use_bounds(call, kTransparent, call.bool_arg(0)); }
Status matcher_use_pattern(Call& call) {
  if (!call.arg(0).is(Kind::pattern)) {
    return call.throw_java("java.lang.IllegalArgumentException", "Pattern cannot be null");
  }
  slot(call, matcher_pattern) = call.arg(0);
  slot(call, matcher_groups) = Value::null();
  return call.give(call.self());
}
/// The matcher as it is now; what it does later is not seen.
Status matcher_result(Call& call) {
  const Value copy = call.heap().make_native(java::matcher, kMatcherSlots);
  const auto from = call.heap().native_slots(call.self());
  std::copy(from.begin(), from.end(), call.heap().native_slots(copy).begin());
  call.heap().native_slots(copy)[matcher_tried] = Value::null();
  return call.give(copy);
}
Status matcher_all(Call& call, std::vector<text::Groups>& out) {
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  return all_matches(call, *regex, matcher_subject(call), out);
}
Status matcher_size(Call& call) {
  std::vector<text::Groups> all;
  VM_DO(matcher_all(call, all));
  return call.give(static_cast<std::int32_t>(all.size()));
}
/// matcher[i]: the i-th match, from the end when negative.
Status matcher_get_at(Call& call) {
  std::vector<text::Groups> all;
  VM_DO(matcher_all(call, all));
  auto index = call.long_arg(0);
  auto count = static_cast<std::int64_t>(all.size());
  if (index < 0) index += count;
  if (index < 0 || index >= count) {
    return call.throw_java("java.lang.IndexOutOfBoundsException",
                           "index is out of range " + std::to_string(-count) + ".." + std::to_string(count - 1) +
                               " (index = " + std::to_string(call.long_arg(0)) + ")");
  }
  // The matcher stands on that match afterwards.
  const auto& groups = all[static_cast<std::size_t>(index)];
  const Value value = match_value(call, matcher_subject(call), groups);
  keep_groups(call, groups);
  slot(call, matcher_position) = Value::of_int(groups[0].end + (groups[0].end == groups[0].start ? 1 : 0));
  return call.give(value);
}
Status matcher_list(Call& call) {
  std::vector<text::Groups> all;
  VM_DO(matcher_all(call, all));
  auto list = call.heap().make_list();
  for (const auto& groups : all) call.heap().list_add(list, match_value(call, matcher_subject(call), groups));
  return call.give(list);
}
/// Iterating uses the matcher up: find() finds nothing more until reset().
Status matcher_iterator(Call& call) {
  const Value matcher = call.self();
  VM_DO(matcher_list(call));
  const Value list = call.self();
  call.heap().native_slots(matcher)[matcher_groups] = Value::null();
  call.heap().native_slots(matcher)[matcher_position] = Value::of_int(
      static_cast<std::int32_t>(call.heap().text(call.heap().native_slots(matcher)[matcher_text]).size()) + 1);
  return call.give(call.heap().make_iterator(IteratorMode::list, list));
}
/// appendReplacement(builder, replacement): the text since the last match, then the replacement with its groups.
Status matcher_append(Call& call) {
  if (slot(call, matcher_groups).is_null()) return call.throw_java(java::illegal_state_exception, "No match available");
  text::Groups groups;
  const auto items = call.heap().items(slot(call, matcher_groups));
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) groups.push_back({items[i].as_int(), items[i + 1].as_int()});
  TextView replacement;
  VM_DO(call.text(call.arg(1), replacement));
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  const TextView text = matcher_subject(call);
  const auto expanded = VM_JAVA(call, text::expand_replacement(*regex, subject_of(text), groups, replacement.utf16()));
  const auto from = static_cast<std::size_t>(slot(call, matcher_appended).as_int());
  call.heap().builder_append(call.arg(0), text.substring(from, static_cast<std::size_t>(groups[0].start)));
  call.heap().builder_append(call.arg(0), TextView(std::u16string_view(expanded)));
  slot(call, matcher_appended) = Value::of_int(groups[0].end);
  return call.give(call.self());
}
Status matcher_append_tail(Call& call) {
  const TextView text = matcher_subject(call);
  const auto from = static_cast<std::size_t>(slot(call, matcher_appended).as_int());
  call.heap().builder_append(call.arg(0), text.substring(from, text.size()));
  return call.give(call.arg(0));
}
Status last_matcher(Call& call) { return call.give(call.vm().state().last_matcher); }
Status matcher_text_of(Call& call) {
  TextBuilder out;
  out.append("java.util.regex.Matcher[pattern=");
  out.append(call.heap().text(call.heap().pattern(slot(call, matcher_pattern))->source));
  out.append(" region=");
  out.append_int(slot(call, matcher_from).as_int());
  out.append(",");
  out.append_int(slot(call, matcher_to).as_int());
  out.append(" lastmatch=");
  text::Group group;
  if (!slot(call, matcher_groups).is_null()) {
    VM_DO(current_group(call, 0, group));
    out.append(
        matcher_subject(call).substring(static_cast<std::size_t>(group.start), static_cast<std::size_t>(group.end)));
  }
  out.append("]");
  return call.give_text(out);
}
Status matcher_replace(Call& call, bool all) {
  TextView replacement;
  VM_DO(call.text(call.arg(0), replacement));
  std::optional<text::Regex> regex;
  VM_DO(regex_of(call, slot(call, matcher_pattern), regex));
  auto subject = subject_of(matcher_subject(call));
  auto expanded = replacement.utf16();
  auto result = VM_JAVA(
      call, all ? text::replace_all(*regex, subject, expanded) : text::replace_first(*regex, subject, expanded));
  begin_region(call, 0, static_cast<std::int32_t>(matcher_subject(call).size()));
  return call.give_text(TextView(std::u16string_view(result)));
}
Status matcher_replace_all(Call& call) { return matcher_replace(call, true); }
Status matcher_replace_first(Call& call) { return matcher_replace(call, false); }
Status matcher_pattern_of(Call& call) { return call.give(slot(call, matcher_pattern)); }

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.CharSequence", "matches", "Object", matches},
    {"java.lang.CharSequence", "replaceAll", "Object,Object", replace_all},
    {"java.lang.CharSequence", "replaceFirst", "Object,Object", replace_first},
    {"java.lang.CharSequence", "split", "", split_blank},
    {"java.lang.String", "split", "String", split},
    {"java.lang.String", "split", "String,int", split},
    {"java.lang.CharSequence", "find", "Object", find_text},
    {"java.lang.CharSequence", "find", "Object,Closure", find_text},
    {"java.lang.CharSequence", "findAll", "Object", find_all_text},
    {"java.lang.CharSequence", "findAll", "Object,Closure", find_all_text},
    {"java.lang.CharSequence", "bitwiseNegate", "", bitwise_negate},
    {"java.util.regex.Pattern", "compile", "Object", pattern_compile, K::static_method},
    {"java.util.regex.Pattern", "compile", "Object,int", pattern_compile, K::static_method},
    {"java.util.regex.Pattern", "quote", "String", pattern_quote, K::static_method},
    {"java.util.regex.Pattern", "matches", "Object,Object", pattern_matches, K::static_method},
    {"java.util.regex.Pattern", "CASE_INSENSITIVE", "", flag<2>, K::static_field},
    {"java.util.regex.Pattern", "MULTILINE", "", flag<8>, K::static_field},
    {"java.util.regex.Pattern", "DOTALL", "", flag<32>, K::static_field},
    {"java.util.regex.Pattern", "COMMENTS", "", flag<4>, K::static_field},
    {"java.util.regex.Pattern", "UNICODE_CASE", "", flag<64>, K::static_field},
    {"java.util.regex.Pattern", "LITERAL", "", flag<16>, K::static_field},
    {"java.util.regex.Pattern", "pattern", "", pattern_text},
    {"java.util.regex.Pattern", "toString", "", pattern_text},
    {"java.util.regex.Pattern", "flags", "", pattern_flags},
    {"java.util.regex.Pattern", "matcher", "Object", pattern_matcher},
    {"java.util.regex.Pattern", "isCase", "Object", pattern_is_case},
    {"java.util.regex.Pattern", "split", "Object", pattern_split},
    {"java.util.regex.Matcher", "quoteReplacement", "String", quote_replacement, K::static_method},
    {"java.util.regex.Matcher", "matches", "", matcher_matches},
    {"java.util.regex.Matcher", "lookingAt", "", matcher_looking_at},
    {"java.util.regex.Matcher", "find", "", matcher_find},
    {"java.util.regex.Matcher", "find", "int", matcher_find},
    {"java.util.regex.Matcher", "asBoolean", "", matcher_as_boolean},
    {"java.util.regex.Matcher", "group", "", matcher_group},
    {"java.util.regex.Matcher", "group", "Object", matcher_group},
    {"java.util.regex.Matcher", "start", "", matcher_start},
    {"java.util.regex.Matcher", "start", "Object", matcher_start},
    {"java.util.regex.Matcher", "end", "", matcher_end},
    {"java.util.regex.Matcher", "end", "Object", matcher_end},
    {"java.util.regex.Matcher", "groupCount", "", matcher_group_count},
    {"java.util.regex.Matcher", "hasGroup", "", matcher_has_group},
    {"java.util.regex.Matcher", "reset", "", matcher_reset},
    {"java.util.regex.Matcher", "reset", "CharSequence", matcher_reset},
    {"java.util.regex.Matcher", "region", "int,int", matcher_region},
    {"java.util.regex.Matcher", "regionStart", "", matcher_region_start},
    {"java.util.regex.Matcher", "regionEnd", "", matcher_region_end},
    {"java.util.regex.Matcher", "hitEnd", "", matcher_hit_end},
    {"java.util.regex.Matcher", "requireEnd", "", matcher_require_end},
    {"java.util.regex.Matcher", "hasAnchoringBounds", "", matcher_has_anchoring},
    {"java.util.regex.Matcher", "hasTransparentBounds", "", matcher_has_transparent},
    {"java.util.regex.Matcher", "useAnchoringBounds", "boolean", matcher_use_anchoring},
    {"java.util.regex.Matcher", "useTransparentBounds", "boolean", matcher_use_transparent},
    {"java.util.regex.Matcher", "usePattern", "Object", matcher_use_pattern},
    {"java.util.regex.Matcher", "toMatchResult", "", matcher_result},
    {"java.util.regex.Matcher", "getCount", "", matcher_size},
    {"java.util.regex.Matcher", "size", "", matcher_size},
    {"java.util.regex.Matcher", "getAt", "int", matcher_get_at},
    {"java.util.regex.Matcher", "toList", "", matcher_list},
    {"java.util.regex.Matcher", "iterator", "", matcher_iterator},
    {"java.util.regex.Matcher", "replaceAll", "Object", matcher_replace_all},
    {"java.util.regex.Matcher", "replaceFirst", "Object", matcher_replace_first},
    {"java.util.regex.Matcher", "pattern", "", matcher_pattern_of},
    {"java.util.regex.Matcher", "appendReplacement", "Object,Object", matcher_append},
    {"java.util.regex.Matcher", "appendTail", "Object", matcher_append_tail},
    {"java.util.regex.Matcher", "toString", "", matcher_text_of},
    {"java.util.regex.Matcher", "getLastMatcher", "", last_matcher, K::static_method},
    {"java.util.regex.Pattern", "split", "Object,int", pattern_split},
};

}  // namespace

Value make_matcher(Heap& heap, Value pattern, Value text) {
  auto matcher = heap.make_native(java::matcher, kMatcherSlots);
  auto slots = heap.native_slots(matcher);
  slots[matcher_pattern] = pattern;
  slots[matcher_text] = text;
  slots[matcher_position] = Value::of_int(0);
  slots[matcher_appended] = Value::of_int(0);
  slots[matcher_from] = Value::of_int(0);
  slots[matcher_bounds] = Value::of_int(0);
  slots[matcher_to] = Value::of_int(static_cast<std::int32_t>(heap.text(text).size()));
  return matcher;
}

Status pattern_of(Call& call, Value source, Value& pattern) {
  if (source.is(Kind::pattern)) {
    pattern = source;
    return Status::ok;
  }
  TextView text;
  VM_DO(call.text(source, text));
  pattern = call.heap().make_pattern(call.heap().make_string(text), 0);
  return Status::ok;
}

Status whole_match(Call& call, Value text_value, Value regex_value, bool& out) {
  TextView text;
  VM_DO(call.text(text_value, text));
  std::optional<text::Regex> regex;
  VM_DO(regex_from(call, regex_value, regex));
  auto found = regex->match(subject_of(text), 0, text::MatchMode::matches);
  if (!found) return exhausted(call);
  out = found->has_value();
  return Status::ok;
}

NativeTable regex_methods() { return kMethods; }

}  // namespace windlass::vm
