// Values across the border with what a deep copy loses: keys that are no text, and what stands in several places. As
// SnakeYAML represents them: the second place where a list or map stands gives it its number, text and numbers have
// none.
#include <unordered_map>

#include "data/yaml.h"
#include "vm/gdk/dates.h"
#include "vm/state.h"

namespace windlass::vm {
namespace {

constexpr int kDeepest = 100;
constexpr std::size_t kMostNodes = 5'000'000;

class Documents {
 public:
  Documents(Vm& vm, const std::function<std::string(Value)>& text_of)
      : vm_(vm), state_(vm.state()), text_of_(text_of) {}

  Result<data::Value> make(Value root) {
    places_.clear();
    WL_CHECK_OK(number(root, 0));
    return copy(root);
  }

 private:
  struct Place {
    std::int32_t id = 0;  ///< 0: stands in one place
    bool is_written = false;
  };

  bool is_collection(Value v) {
    switch (v.kind) {
      case Kind::list:
      case Kind::map:
      case Kind::set:
      case Kind::range:
        return true;
      case Kind::array:
        return state_.heap.array(v)->element != java::p_byte;
      default:
        return false;
    }
  }

  /// Elements, or of a map its keys and values in turn.
  Result<std::vector<Value>> children(Value v) {
    std::vector<Value> out;
    if (v.is(Kind::map)) {
      if (state_.refresh_if_view(nullptr, v) != Status::ok) {
        return fail(ErrorKind::invalid, "a view of a map that has changed cannot be read as data");
      }
      for (const std::uint32_t slot : state_.heap.map_order(v)) {
        const MapSlot s = state_.heap.slots(v)[slot];
        out.push_back(s.key.plain());
        out.push_back(s.value.plain());
      }
    } else if (state_.elements(nullptr, v, out) != Status::ok) {
      return fail(ErrorKind::invalid, "a collection cannot be read as data");
    }
    state_.charge(1 + out.size());
    nodes_ += out.size();
    if (nodes_ > kMostNodes) {
      return fail(ErrorKind::invalid, "the value holds more than " + std::to_string(kMostNodes) + " values");
    }
    return out;
  }

  Result<> number(Value v, int depth) {
    if (!is_collection(v)) return {};
    if (depth > kDeepest) {
      return fail(ErrorKind::invalid, "the value is nested deeper than " + std::to_string(kDeepest) + " levels");
    }
    auto [place, is_new] = places_.try_emplace(v.ref);
    if (!is_new) {
      if (place->second.id == 0) place->second.id = ++last_id_;
      return {};
    }
    const auto parts = WL_TRY(children(v));
    const std::size_t step = v.is(Kind::map) ? 2 : 1;  // of a map its values: keys are written where they stand
    for (std::size_t i = step - 1; i < parts.size(); i += step) WL_CHECK_OK(number(parts[i], depth + 1));
    return {};
  }

  Result<data::Value> copy(Value v) {
    if (v.is(Kind::gstring)) return data::Value(text_of_(v));
    if (v.is(Kind::native_object) && vm_.class_of(v) == java::date) {
      return data::Value::object("java.util.Date",
                                 data::Value::map_of("millis", date_millis(state_.heap, v)).members());
    }
    if (!is_collection(v)) return plain(v);
    Place& place = places_[v.ref];  // stays where it is when others come
    if (place.id == 0) return collection(v);
    data::Map shared;
    shared.set("id", data::Value(place.id));
    if (!std::exchange(place.is_written, true)) shared.set("value", WL_TRY(collection(v)));
    return data::Value::object(std::string(data::kSharedNode), std::move(shared));
  }

  data::Value plain(Value v) {
    auto out = vm_.to_data(v);
    return out ? std::move(*out) : data::Value(state_.simple_text(v));
  }

  Result<data::Value> collection(Value v) {
    const auto parts = WL_TRY(children(v));
    if (!v.is(Kind::map)) {
      data::Value list = data::Value::list();
      for (const Value part : parts) list.push(WL_TRY(copy(part)));
      return list;
    }
    data::Value::List pairs;
    bool is_text = true;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      is_text = is_text && parts[i].is_text();
      auto key = is_collection(parts[i]) ? plain(parts[i]) : WL_TRY(copy(parts[i]));
      pairs.push_back(data::Value::list_of(std::move(key), WL_TRY(copy(parts[i + 1]))));
    }
    data::Map out;
    if (is_text) {
      for (auto& pair : pairs) {
        auto& both = pair.mutable_items();
        out.set(both[0].text(), std::move(both[1]));
      }
      return data::Value(std::move(out));
    }
    out.set("entries", data::Value(std::move(pairs)));
    return data::Value::object(std::string(data::kKeyedMap), std::move(out));
  }

  Vm& vm_;
  Vm::State& state_;
  const std::function<std::string(Value)>& text_of_;
  std::unordered_map<Ref, Place> places_;
  std::int32_t last_id_ = 0;  // of all documents
  std::size_t nodes_ = 0;
};

}  // namespace

Result<std::vector<data::Value>> Vm::to_documents(std::span<const Value> values,
                                                  const std::function<std::string(Value)>& text_of) {
  const Aside aside(*state_);
  Documents documents(*this, text_of);
  std::vector<data::Value> out;
  try {
    for (const Value v : values) out.push_back(WL_TRY(documents.make(v)));
  } catch (const BudgetSpent&) {
    if (!aside.is_active()) throw;
    return windlass::fail(ErrorKind::exhausted, "the value is too large to be looked at");
  }
  return out;
}

}  // namespace windlass::vm
