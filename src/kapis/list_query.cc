#include "kapis/list_query.h"

#include <algorithm>

#include "kapis/numbers.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using objects::Outcome;

namespace {

std::int64_t number_or(const std::optional<std::string>& text, std::int64_t otherwise) {
  return text ? number_of<std::int64_t>(*text).value_or(otherwise) : otherwise;
}

bool lists(std::string_view words, std::string_view word) {
  for (;;) {
    const auto end = words.find(',');
    if (words.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
}

/// `k=v`, `k!=v`, or `k` alone for "is there"; several joined by commas must all hold.
bool members_match(const Value* members, std::string_view wanted) {
  while (!wanted.empty()) {
    const auto end = wanted.find(',');
    auto one = wanted.substr(0, end);
    wanted = end == std::string_view::npos ? std::string_view() : wanted.substr(end + 1);
    const auto sign = one.find('=');
    const bool differs = sign != std::string_view::npos && sign > 0 && one[sign - 1] == '!';
    const auto key = one.substr(0, sign == std::string_view::npos ? sign : sign - (differs ? 1 : 0));
    const Value* found = members != nullptr ? members->find(key) : nullptr;
    if (sign == std::string_view::npos) {
      if (found == nullptr) return false;
      continue;
    }
    const bool same = found != nullptr && found->text() == one.substr(sign + 1);
    if (same == differs) return false;
  }
  return true;
}

bool owned_by(const Value& object, std::string_view field, std::string_view wanted) {
  const Value* owners = objects::metadata_of(object).find("ownerReferences");
  if (owners == nullptr) return false;
  return std::any_of(owners->items().begin(), owners->items().end(),
                     [&](const Value& owner) { return owner.get_string(field) == wanted; });
}

}  // namespace

Outcome<ListQuery> ListQuery::parse(const net::Request& request) {
  ListQuery out;
  auto limit = number_or(request.parameter("limit"), 10);
  if (limit <= 0) limit = 10;
  out.limit = static_cast<std::size_t>(std::min<std::int64_t>(limit, 1'000'000));
  if (const auto page = request.parameter("page")) {
    const auto number = std::clamp<std::int64_t>(number_or(page, 1), 1, 1'000'000'000);
    out.offset = static_cast<std::size_t>(number - 1) * out.limit;
  } else {
    out.offset = static_cast<std::size_t>(std::max<std::int64_t>(number_or(request.parameter("start"), 0), 0));
  }
  out.by_name = request.parameter("sortBy").value_or("") == "name";
  out.ascending = request.parameter("ascending").value_or("") == "true";
  auto labels = objects::LabelSelector::parse(request.parameter("labelSelector").value_or(""));
  if (!labels) return std::unexpected(std::move(labels).error());
  out.labels = std::move(*labels);
  for (const auto& [key, value] : request.query) {
    if (!value.empty()) out.filters.emplace_back(key, value);
  }
  return out;
}

bool passes(const Value& object, const ListQuery& query) {
  const auto& metadata = objects::metadata_of(object);
  if (!query.labels.matches(metadata.find("labels"))) return false;
  const auto name = metadata.get_string("name");
  for (const auto& [key, value] : query.filters) {
    bool good = true;
    if (key == "name") {
      good = name.find(value) != std::string::npos;
    } else if (key == "names") {
      good = lists(value, name);
    } else if (key == "uid") {
      good = metadata.get_string("uid") == value;
    } else if (key == "namespace") {
      good = metadata.get_string("namespace") == value;
    } else if (key == "ownerReference") {
      good = owned_by(object, "uid", value);
    } else if (key == "ownerKind") {
      good = owned_by(object, "kind", value);
    } else if (key == "annotation") {
      good = members_match(metadata.find("annotations"), value);
    } else if (key == "label") {
      good = members_match(metadata.find("labels"), value);
    }
    if (!good) return false;
  }
  return true;
}

Value list_body(std::vector<Value> objects, const ListQuery& query, const std::function<bool(const Value&)>& keep) {
  std::erase_if(objects, [&](const Value& object) { return !passes(object, query) || (keep && !keep(object)); });
  // Equal times are ordinary (they have seconds), so names decide then, and pages never overlap.
  const auto key = [&](const Value& object) {
    const auto& metadata = objects::metadata_of(object);
    return std::pair(query.by_name ? std::string() : metadata.get_string("creationTimestamp"),
                     metadata.get_string("namespace") + "/" + metadata.get_string("name"));
  };
  std::vector<std::pair<std::pair<std::string, std::string>, std::size_t>> order;
  order.reserve(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i) order.emplace_back(key(objects[i]), i);
  std::sort(order.begin(), order.end(),
            [&](const auto& a, const auto& b) { return query.ascending ? a.first < b.first : b.first < a.first; });
  Value items = Value::list();
  for (std::size_t i = query.offset; i < order.size() && i - query.offset < query.limit; ++i) {
    items.push(std::move(objects[order[i].second]));
  }
  return Value::map_of("items", std::move(items), "totalItems", static_cast<std::int64_t>(order.size()));
}

}  // namespace windlass::kapis
