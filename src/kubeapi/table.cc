#include "kubeapi/table.h"

#include <string_view>

#include "objects/metadata.h"

namespace windlass::kubeapi {

using data::Value;

namespace {

/// The member at a dotted path; `\.` is a dot within a name.
const Value* at_path(const Value& object, std::string_view path) {
  const Value* at = &object;
  while (at != nullptr && !path.empty()) {
    std::string part;
    std::size_t i = 0;
    for (; i < path.size() && path[i] != '.'; ++i) {
      if (path[i] == '\\' && i + 1 < path.size()) ++i;
      part += path[i];
    }
    path = i < path.size() ? path.substr(i + 1) : std::string_view();
    at = at->find(part);
  }
  return at;
}

Value cell(const Value& object, const objects::Column& column, std::int64_t now_millis) {
  const Value* value = at_path(object, column.path);
  if (value == nullptr || value->is_null()) return Value(column.type == "date" ? "<unknown>" : "");
  if (column.type == "date") {
    const auto at = objects::parse_rfc3339(value->text());
    return at == 0 ? Value("<unknown>") : Value(human_duration((now_millis - at) / 1000));
  }
  if (value->is_bool()) return Value(value->as_bool() ? "true" : "false");
  return *value;
}

}  // namespace

std::string human_duration(std::int64_t seconds) {
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + "s";
  const auto two = [](std::int64_t big, const char* unit, std::int64_t small, const char* small_unit) {
    return std::to_string(big) + unit + (small == 0 ? "" : std::to_string(small) + small_unit);
  };
  const std::int64_t minutes = seconds / 60;
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return std::to_string(minutes) + "m";
  const std::int64_t hours = minutes / 60;
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  const std::int64_t days = hours / 24;
  if (days < 8) return two(days, "d", hours % 24, "h");
  if (days < 365 * 2) return std::to_string(days) + "d";
  const std::int64_t years = days / 365;
  if (years < 8) return two(years, "y", days % 365, "d");
  return std::to_string(years) + "y";
}

Value make_table(const objects::ResourceType& type, const std::vector<Value>& items, TableRows rows,
                 std::int64_t now_millis, const std::string& version, const std::string& continue_, bool with_columns) {
  Value metadata = Value::map();
  if (!version.empty()) metadata.set("resourceVersion", version);
  if (!continue_.empty()) metadata.set("continue", continue_);
  Value columns = Value::list();
  if (with_columns) {
    columns.push(Value::map_of("name", "Name", "type", "string", "format", "name", "description",
                               "name of the object, unique within its namespace", "priority", 0));
    for (const auto& column : type.columns) {
      columns.push(Value::map_of("name", column.name, "type",
                                 column.type == "date" ? std::string_view("string") : column.type, "format", "",
                                 "description", "", "priority", column.priority));
    }
  }
  Value out_rows = Value::list();
  for (const auto& item : items) {
    Value cells = Value::list_of(objects::meta_text(item, "name"));
    for (const auto& column : type.columns) cells.push(cell(item, column, now_millis));
    Value row = Value::map_of("cells", std::move(cells));
    switch (rows) {
      case TableRows::none:
        break;
      case TableRows::metadata:
        row.set("object", Value::map_of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/v1", "metadata",
                                        objects::metadata_of(item)));
        break;
      case TableRows::object:
        row.set("object", item);
        break;
    }
    out_rows.push(std::move(row));
  }
  return Value::map_of("kind", "Table", "apiVersion", "meta.k8s.io/v1", "metadata", std::move(metadata),
                       "columnDefinitions", std::move(columns), "rows", std::move(out_rows));
}

}  // namespace windlass::kubeapi
