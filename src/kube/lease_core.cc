#include "kube/lease_core.h"

#include <algorithm>

#include "objects/metadata.h"

namespace windlass::kube {

using data::Value;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

constexpr std::int64_t kMaxSeconds = 3600;  ///< of a record that somebody else wrote

/// metav1.MicroTime.
std::string micro_time(std::int64_t wall_millis) {
  auto out = objects::format_rfc3339(wall_millis);
  const auto micros = std::to_string(wall_millis % 1000 * 1000);
  out.pop_back();
  return out + "." + std::string(6 - std::min<std::size_t>(micros.size(), 6), '0') + micros + "Z";
}

const Value& spec_of(const Value& lease) {
  static const Value kNone = Value::map();
  const Value* spec = lease.find("spec");
  return spec != nullptr && spec->has_members() ? *spec : kNone;
}

}  // namespace

void LeaseCore::observed(const Value* lease, Moment now) {
  if (lease == nullptr) {
    lease_ = Value();
    holder_.clear();
    record_.clear();
    return;
  }
  lease_ = *lease;
  const auto& spec = spec_of(lease_);
  holder_ = spec.get_string("holderIdentity");
  // The object's version too: whoever writes there at all is alive, and a clock that stands still renews nothing else.
  auto record = objects::meta_text(lease_, "resourceVersion") + " " + holder_ + " " + spec.get_string("renewTime");
  if (record != record_) {
    record_ = std::move(record);
    unchanged_since_ = now;
  }
}

Value LeaseCore::object(std::int64_t wall_millis, bool ours_already, bool give_back) const {
  const auto& old = spec_of(lease_);
  const auto time = micro_time(wall_millis);
  Value spec =
      Value::map_of("holderIdentity", give_back ? std::string() : options_.identity, "leaseDurationSeconds",
                    give_back ? std::int64_t{1} : static_cast<std::int64_t>(options_.duration.count()), "acquireTime",
                    ours_already ? old.get_string("acquireTime", time) : time, "renewTime", time, "leaseTransitions",
                    old.get_int("leaseTransitions") + (ours_already || lease_.is_null() ? 0 : 1));
  Value metadata = Value::map_of("name", options_.name, "namespace", options_.namespace_);
  if (!lease_.is_null()) {
    metadata.set("resourceVersion", objects::meta_text(lease_, "resourceVersion"));
    metadata.set("uid", objects::meta_text(lease_, "uid"));
    for (const auto* kept : {"labels", "annotations", "ownerReferences", "finalizers"}) {
      if (const Value* value = objects::metadata_of(lease_).find(kept)) metadata.set(kept, *value);
    }
  }
  return Value::map_of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata", std::move(metadata), "spec",
                       std::move(spec));
}

LeaseCore::Step LeaseCore::next(Moment now, std::int64_t wall_millis) const {
  Step out;
  if (lease_.is_null()) {
    out.kind = Step::Kind::create;
    out.object = object(wall_millis, false, false);
    return out;
  }
  const auto take = [&](bool ours_already) {
    out.kind = Step::Kind::update;
    out.object = object(wall_millis, ours_already, false);
    return out;
  };
  if (holder_ == options_.identity) {
    const auto due = renewed_ + options_.renew;
    if (!holds(now) || now >= due) return take(true);
    out.at = due;
    return out;
  }
  if (holder_.empty() || (!ended_.empty() && ended_ == record_)) return take(false);
  const auto counts =
      seconds(std::clamp<std::int64_t>(spec_of(lease_).get_int("leaseDurationSeconds", 15), 1, kMaxSeconds));
  const auto free_at = unchanged_since_ + duration_cast<nanoseconds>(counts);
  if (now >= free_at) return take(false);
  out.at = std::min(now + duration_cast<nanoseconds>(options_.look), free_at);
  return out;
}

void LeaseCore::written(const Value& lease, Moment sent) {
  observed(&lease, sent);
  if (holder_ != options_.identity) {
    deadline_ = Moment(0);
    return;
  }
  renewed_ = sent;
  deadline_ = sent + duration_cast<nanoseconds>(options_.duration) - duration_cast<nanoseconds>(options_.margin);
}

Value LeaseCore::release(Moment now, std::int64_t wall_millis) const {
  if (!holds(now) || holder_ != options_.identity) return {};
  return object(wall_millis, true, true);
}

}  // namespace windlass::kube
