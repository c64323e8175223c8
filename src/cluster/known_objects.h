// Objects of ours as this process knows them without asking: what the API server has answered last, and what watches
// have told since. Bounded; what is not here is asked for.
//
// Two uses. A write may begin with what is known, because the server refuses it when the object is another by now. A
// reconciler may look at what is known while a watch of the whole kind goes on, because it is called again when that
// tells something else. Never older than what this process has written.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "objects/object_store.h"
#include "rt/timers.h"

namespace windlass::cluster {

class KnownObjects {
 public:
  using Moment = rt::Timers::Moment;
  /// `most` objects; of a kind that nobody watches each for a moment.
  KnownObjects(std::size_t most, std::chrono::milliseconds for_a_moment) : most_(most), for_a_moment_(for_a_moment) {}

  /// Taken before a request: what answers it is kept only if nothing was deleted and no watch began or ended meanwhile,
  /// since the answer may be of before that.
  [[nodiscard]] std::uint64_t mark() const { return mark_; }
  void answered(const objects::ResourceType& type, const data::Value& object, std::uint64_t mark, Moment now);
  void forget(const objects::ResourceType& type, const std::string& namespace_, const std::string& name);

  // By a watch of all objects of the kind.
  void watch_began(const objects::ResourceType& type);
  void watch_ended(const objects::ResourceType& type);
  void told(const objects::ResourceType& type, const objects::WatchEvent& event, Moment now);

  /// To begin a write with.
  [[nodiscard]] std::optional<data::Value> recent(const objects::ResourceType& type, const std::string& namespace_,
                                                  const std::string& name, Moment now) const;
  /// As of now, but for what a watch has not told yet.
  [[nodiscard]] std::optional<data::Value> watched(const objects::ResourceType& type, const std::string& namespace_,
                                                   const std::string& name, Moment now) const;

 private:
  struct Known {
    std::string plural;
    data::Value object;
    std::int64_t version = 0;
    Moment since;
  };
  [[nodiscard]] bool is_watched(const std::string& plural) const;
  /// Of a kind that nobody watches, and answered too long ago.
  [[nodiscard]] bool is_over(const Known& known, Moment now) const;
  void put(const objects::ResourceType& type, const data::Value& object, Moment now);
  void forget_all(const objects::ResourceType& type);

  std::size_t most_;
  std::chrono::milliseconds for_a_moment_;
  std::map<std::string, Known> known_;  ///< by "KIND/NAMESPACE/NAME"
  std::map<std::string, unsigned, std::less<>> watches_;
  std::uint64_t mark_ = 0;
};

}  // namespace windlass::cluster
