// The inside of PodFleet: what is known of each order, namespace and lease, and the coroutines that act on it. Included
// by fleet_*.cc and pod_fleet.cc only.
//
//   launch.cc   order → adopted, reused or made        watch.cc   versions of the object → events; connecting; the end
//   leave.cc    given back: deleted, kept, idle; leases; sweeps       warm.cc   idle ones made before they are needed
//   ending.cc   those that are being deleted, until they are gone
//   pod_fleet.cc   the calls from outside
// Every wait ends when the fleet stops or the order is given back; after each, both are looked at again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "clouds/cap_queue.h"
#include "clouds/create_answer.h"
#include "clouds/pod_fleet.h"
#include "clouds/pod_state.h"
#include "kube/informer.h"

namespace windlass::clouds {

using Work = boost::asio::awaitable<void>;

/// The owner of a run's pods in one namespace.
struct RunLease {
  RunLease(boost::asio::io_context& io, rt::Timers& timers) : changed(io, timers) {}
  std::string namespace_, run, run_name;
  data::Value object;      ///< as the server has it; null: not known to be there
  bool busy = false;       ///< somebody makes or deletes it
  unsigned users = 0;      ///< lives
  std::uint64_t turn = 0;  ///< grows with each user: who lingers sees that somebody came
  rt::Signal changed;
};

/// One order.
struct Life {
  Life(boost::asio::io_context& io, rt::Timers& timers, std::string namespace_in, std::string name_in)
      : namespace_(std::move(namespace_in)), name(std::move(name_in)), state(namespace_, name), changed(io, timers) {}
  std::string key;  ///< of the order
  std::string run, effect, run_name;
  std::string namespace_, name;
  data::Value manifest;              ///< until it is made
  std::vector<data::Value> secrets;  ///< of the pod alone, to be there before it
  std::vector<data::Value> claims;   ///< that are not made yet
  data::Value seen;                  ///< the pod, while claims are not made: told afterwards
  PodTerms terms;
  PodListener listener;
  PodState state;
  std::uint64_t version = 0;  ///< of the object seen last; an older one is no news
  std::string url;            ///< that its agent was given
  std::shared_ptr<RunLease> lease;
  std::optional<Trouble> told;  ///< before there was a pod
  bool adopting = false;        ///< by its name, whether it is there or not
  bool launching = true;        ///< run_order or run_adoption is at work
  bool admitted = false;        ///< by the caps
  bool waits_for_quota = false;
  bool there = false;  ///< told as created
  bool adopted = false;
  bool connected = false;
  std::int64_t created_at = 0, connected_at = 0;  ///< milliseconds since 1970; of one that this process made
  bool vanished = false;                          ///< the API server has it no more
  bool failed = false;                            ///< told
  bool finishing = false;                         ///< a final trouble is told, `failed` follows
  bool leaving = false;                           ///< given back
  bool reusable = false;
  bool changing_hands = false;  ///< what is told of it as deleted is only no longer ours
  bool asking_events = false;
  unsigned unwanted = 0;  ///< sweeps that found its run over
  rt::Signal changed;
  [[nodiscard]] std::string pod_key() const { return namespace_ + "/" + name; }
};
using LifePtr = std::shared_ptr<Life>;

/// A pod of ours that no order has claimed in this process.
struct Stray {
  std::string uid;
  PodMarks marks;
  PodTerms terms;
  bool being_deleted = false;
  bool removing = false;                         ///< by us
  bool over = false;                             ///< it, or one of its containers, has ended
  std::optional<rt::Timers::Moment> away_since;  ///< of an idle one whose agent does not call
};

struct Space {
  Space(boost::asio::io_context& io, rt::Timers& timers) : changed(io, timers) {}
  std::string namespace_;
  std::unique_ptr<kube::Informer> informer;
  std::map<std::string, Stray, std::less<>> strays;  ///< by name
  std::set<std::string, std::less<>> ending;         ///< uids of pods whose end is being waited for
  bool known = false;                                ///< listed once, from the store itself
  std::optional<objects::ApiStatus> refusal;         ///< why it could not be listed
  rt::Signal changed;
};
using SpacePtr = std::shared_ptr<Space>;

struct PodFleet::Impl : std::enable_shared_from_this<PodFleet::Impl> {
  Impl(kube::Client& client_in, FleetOptions options_in)
      : client(client_in), options(std::move(options_in)), changed(client.io(), client.timers()) {}

  kube::Client& client;
  FleetOptions options;
  CapQueue caps;
  std::map<std::string, LifePtr, std::less<>> by_key, by_pod;
  std::map<std::string, SpacePtr, std::less<>> spaces;
  std::map<std::string, std::shared_ptr<RunLease>, std::less<>> run_leases;  ///< "namespace\nrun"
  std::set<std::string, std::less<>> online;      ///< pods whose agent is connected, by name: agents know no namespace
  std::set<std::string, std::less<>> given_back;  ///< orders, while their run lives
  /// By run: the effects that it knows of after a restart. Others' pods are nobody's.
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> settled;
  [[nodiscard]] bool is_left_over(const PodMarks& marks) const {
    const auto known = settled.find(marks.run);
    return known != settled.end() && !known->second.contains(marks.effect);
  }
  std::vector<WarmTemplate> warm;
  std::map<std::string, rt::Timers::Moment, std::less<>> warm_not_before;  ///< by warm_key()
  rt::Signal changed;
  bool started = false, stopped = false, sweep_asked = false;

  static std::string key_of(std::string_view run, std::string_view effect) {
    return std::string(run) + "\n" + std::string(effect);
  }
  static std::string run_of_key(const std::string& key) { return key.substr(0, key.find('\n')); }
  [[nodiscard]] rt::Timers::Moment now() const { return client.timers().now(); }
  [[nodiscard]] kube::Backoff backoff() const { return kube::Backoff(options.backoff); }
  std::chrono::milliseconds pause_after_failure(kube::Backoff& backoff) {
    return backoff.failed(now(), client.credentials().surroundings().chance());
  }
  /// Until then, or until the fleet stops.
  Work sleep(rt::Timers::Moment until) {
    while (!stopped && now() < until) (void)co_await changed.wait(until);
  }
  void spawn(Work work) { boost::asio::co_spawn(client.io(), std::move(work), boost::asio::detached); }
  void log(const std::string& text) const {
    if (options.log) options.log(text);
  }
  [[nodiscard]] bool is_over(const LifePtr& life) const { return stopped || life->leaving; }
  /// Waits; ends early when the order is given back or something about it changes.
  static Work pause(LifePtr life, rt::Timers::Moment until) { (void)co_await life->changed.wait(until); }

  // telling
  void emit(const LifePtr& life, PodEvent event);
  void emit_line(const LifePtr& life, std::string line);
  void emit_trouble(const LifePtr& life, PodEvent::Kind kind, const Trouble& trouble);
  /// Of an order without a pod: once, until it changes.
  void tell_before(const LifePtr& life, const CreateStep& step);
  void heal_before(const LifePtr& life);
  void fail_before(const LifePtr& life, const CreateStep& step);
  void tell_created(const LifePtr& life, bool adopted);
  void replay(const LifePtr& life);

  // launch
  LifePtr order(Order order, PodListener listener);
  static Work run_order(std::shared_ptr<Impl> self, LifePtr life);
  static Work run_adoption(std::shared_ptr<Impl> self, LifePtr life);
  boost::asio::awaitable<bool> find_or_make(SpacePtr space, LifePtr life);
  boost::asio::awaitable<bool> find_again(SpacePtr space, LifePtr life);
  void launched(const LifePtr& life, bool made);
  boost::asio::awaitable<bool> wait_known(SpacePtr space, LifePtr life);
  boost::asio::awaitable<bool> wait_admitted(SpacePtr space, LifePtr life);
  boost::asio::awaitable<bool> take_idle(SpacePtr space, LifePtr life);
  boost::asio::awaitable<objects::Outcome<void>> ask_lease(LifePtr life);
  boost::asio::awaitable<bool> make_lease(LifePtr life);
  static Work give_owner(std::shared_ptr<Impl> self, LifePtr life);
  boost::asio::awaitable<bool> make_secrets(LifePtr life);
  boost::asio::awaitable<bool> give_secrets(LifePtr life, data::Value pod);
  boost::asio::awaitable<bool> make_pod(LifePtr life);
  boost::asio::awaitable<bool> make_claims(LifePtr life, data::Value pod);
  /// Nothing: it is there and ours.
  boost::asio::awaitable<std::optional<CreateStep>> look_for_pod(LifePtr life);
  boost::asio::awaitable<bool> pause_before_retry(LifePtr life, const CreateStep& step, kube::Backoff& backoff);
  void use_name(const LifePtr& life, const std::string& name);
  void use_lease(const LifePtr& life);
  void admit();

  // watch
  SpacePtr space(const std::string& namespace_);
  static Work learn(std::shared_ptr<Impl> self, SpacePtr space);
  void saw(const SpacePtr& space, const kube::Delta& delta);
  void saw_stray(const SpacePtr& space, const data::Value& pod, bool deleted);
  void feed(const LifePtr& life, const data::Value& pod);
  void lost(const LifePtr& life);
  void apply(const LifePtr& life, PodNews news);
  static Work finish(std::shared_ptr<Impl> self, LifePtr life, Trouble trouble, std::vector<std::string> tails);
  static Work ask_events(std::shared_ptr<Impl> self, LifePtr life, rt::Timers::Moment at);
  boost::asio::awaitable<std::vector<data::Value>> events_of(LifePtr life);
  static Work watch_connecting(std::shared_ptr<Impl> self, LifePtr life);
  boost::asio::awaitable<bool> still_there(LifePtr life);
  boost::asio::awaitable<Trouble> agent_trouble(LifePtr life, std::int64_t seconds);
  boost::asio::awaitable<std::string> tail(LifePtr life, std::string container);
  [[nodiscard]] bool sees(const std::string& namespace_) const;

  // leave
  void leave(const LifePtr& life, bool reusable);
  static Work run_leaving(std::shared_ptr<Impl> self, LifePtr life);
  boost::asio::awaitable<bool> try_keep(LifePtr life);
  boost::asio::awaitable<bool> try_idle(LifePtr life);
  /// True: it is away, or was never there; false: stopped.
  boost::asio::awaitable<bool> remove_pod(std::string namespace_, std::string name, std::string uid);
  boost::asio::awaitable<bool> remove_unseen(LifePtr life);
  Work let_it_be_told_ready(LifePtr life);
  void forget(const LifePtr& life, bool kept);
  void drop_lease(const LifePtr& life);
  static Work linger(std::shared_ptr<Impl> self, std::shared_ptr<RunLease> lease, std::uint64_t turn);
  static Work remove_stray(std::shared_ptr<Impl> self, SpacePtr space, std::string name, std::string uid);
  static Work run_sweeps(std::shared_ptr<Impl> self);
  void sweep_now() {
    sweep_asked = true;
    changed.notify();
  }
  void sweep_pods(const SpacePtr& space);
  static Work sweep_leases(std::shared_ptr<Impl> self, SpacePtr space);
  static Work sweep_idle(std::shared_ptr<Impl> self, SpacePtr space);
  static boost::asio::awaitable<bool> remove_forgotten(std::shared_ptr<Impl> self, SpacePtr space, std::string store);
  [[nodiscard]] bool owns_others(const RunLease& lease) const;
  bool evict_idle(const std::string& cloud);

  // ending
  void saw_deletion(const SpacePtr& space, const data::Value& pod);
  static Work wait_for_end(std::shared_ptr<Impl> self, SpacePtr space, std::string name, std::string uid);
  boost::asio::awaitable<bool> node_answers(std::string namespace_, std::string name, std::string container);

  // warm
  void fill_warm();
  /// One has got a run: the next is made when that run is on its way, not beside it.
  void taken_warm(const std::string& namespace_, const PodTerms& terms);
  static Work fill_warm_later(std::shared_ptr<Impl> self);
  /// One that was made to be idle, and is in order: nobody's from now on.
  void cool(const LifePtr& life);
  /// Idle pods that do for the template, and how many are to be.
  [[nodiscard]] std::size_t idle_of(const Space& space, const PodTerms& terms) const;
  [[nodiscard]] std::size_t warm_of(const Space& space, const PodTerms& terms) const;
  /// Pods that were made to be idle, had no run, and are more than are wanted or not what is wanted.
  void cool_down();
  [[nodiscard]] bool is_alive(std::string_view run) const { return run == marks::kWarm || options.is_alive(run); }
};

/// The claim of a pod on the caps.
PodClaim claim_of(const PodTerms& terms);

}  // namespace windlass::clouds
