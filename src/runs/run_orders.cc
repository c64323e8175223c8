// Orders of `build` steps in runs.db: a run of another pipeline from the moment it is ordered until an object of it is
// accepted. The order carries what the object may not show.
#include <algorithm>

#include "data/binary.h"
#include "runs/run_table.h"

namespace windlass::runs {

using data::Value;

namespace {

Value to_value(const RunOrder& order) {
  auto parameters = Value::list(), secret = Value::list();
  for (const auto& [name, value] : order.parameters) parameters.push(Value::list_of(name, value));
  for (const auto& name : order.secret_parameters) secret.push(name);
  auto out = Value::map_of("job", order.job, "cause", order.cause, "by", order.by, "user", order.user_id, "start",
                           order.start_millis);
  out.set("parameters", std::move(parameters));
  out.set("secret_parameters", std::move(secret));
  return out;
}

RunOrder order_from(std::string ref, const Value& value) {
  RunOrder out;
  out.ref = std::move(ref);
  out.job = value.get_string("job");
  out.cause = value.get_string("cause");
  out.by = value.get_string("by");
  out.user_id = value.get_string("user");
  out.start_millis = value.get_int("start");
  if (const auto* list = value.find("parameters")) {
    for (const auto& pair : list->items()) {
      if (pair.size() == 2) out.parameters.emplace_back(pair.items()[0].text(), pair.items()[1].text());
    }
  }
  if (const auto* list = value.find("secret_parameters")) {
    for (const auto& name : list->items()) out.secret_parameters.insert(name.text());
  }
  return out;
}

}  // namespace

Result<> RunTable::order(const RunOrder& order) {
  if (WL_TRY(find_upstream(order.ref))) return {};
  const auto sealed = key_->seal("order " + order.ref, WL_TRY(data::encode_binary(to_value(order))));
  auto insert = WL_TRY(database_.prepare("INSERT INTO orders VALUES(?, ?) ON CONFLICT DO NOTHING"));
  return insert.run(order.ref, store::Blob{sealed});
}

Result<std::optional<RunOrder>> RunTable::find_order(const std::string& ref) {
  auto row = WL_TRY(database_.prepare("SELECT request FROM orders WHERE ref = ?"));
  row.start(ref);
  if (!WL_TRY(row.next())) return std::nullopt;
  const auto clear = WL_TRY(key_->unseal("order " + ref, row.bytes(0)));
  return order_from(ref, WL_TRY(data::decode_binary(clear)));
}

Result<std::vector<RunOrder>> RunTable::orders() {
  auto row = WL_TRY(database_.prepare("SELECT ref, request FROM orders"));
  row.start();
  std::vector<RunOrder> out;
  while (WL_TRY(row.next())) {
    const std::string ref(row.bytes(0));
    const auto clear = WL_TRY(key_->unseal("order " + ref, row.bytes(1)));
    out.push_back(order_from(ref, WL_TRY(data::decode_binary(clear))));
  }
  return out;
}

Result<> RunTable::drop_order(const std::string& ref) {
  auto gone = WL_TRY(database_.prepare("DELETE FROM orders WHERE ref = ?"));
  return gone.run(ref);
}

Result<std::optional<RunRow>> RunTable::find_upstream(const std::string& ref) {
  auto row = WL_TRY(database_.prepare("SELECT uid FROM runs WHERE upstream = ? AND upstream <> ''"));
  row.start(ref);
  if (!WL_TRY(row.next())) return std::nullopt;
  const std::string uid(row.bytes(0));
  row.reset();
  return find(uid);
}

Result<> RunTable::take_order(RunRequest& request, std::int64_t now_millis) {
  const auto order = WL_TRY(find_order(request.upstream));
  if (!order) {
    return fail(ErrorKind::not_found, "no run has ordered this one, or its order was taken by another object already");
  }
  for (const auto& [name, value] : order->parameters) {
    if (!order->secret_parameters.contains(name)) continue;
    for (auto& [known, text] : request.parameters) {
      if (known != name) continue;
      text = value;
      request.secret_parameters.insert(name);
    }
  }
  request.cause = order->cause;
  if (order->start_millis != 0) request.quiet_millis = std::max<std::int64_t>(0, order->start_millis - now_millis);
  return {};
}

}  // namespace windlass::runs
