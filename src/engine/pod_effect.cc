#include "engine/pod_effect.h"

#include <filesystem>
#include <utility>

#include "steps/artifact_store.h"
#include "steps/remote_request.h"

namespace windlass::engine {

using data::Value;
using steps::abort_with;
using steps::Outcome;

namespace {

constexpr std::chrono::seconds kKillGrace{10};
constexpr std::size_t kMostUndecoded = std::size_t{8} << 20;

}  // namespace

RemoteEffect::RemoteEffect(RunActor& actor, const PendingEffect& effect, std::string name, Value arguments, End end,
                           steps::EffectFunction mirrored)
    : actor_(actor),
      name_(std::move(name)),
      key_(RunActor::key_text(effect.key)),
      step_(effect.step),
      token_(actor.token_of(effect.key)),
      fiber_(effect.fiber),
      intent_(effect.intent),
      arguments_(std::move(arguments)),
      place_(actor.place_of(effect.scope.get())),
      scope_(effect.scope),
      end_(std::move(end)),
      services_(std::make_shared<EffectRunServices>(actor, effect)),
      sink_(*services_),
      mirrored_(mirrored) {
  if (name_ != effect.kind) token_ += ".back";
  // What a container has by itself is not sent; its own program knows it.
  if (const auto* held = actor.remote_node(scope_.get())) {
    std::erase_if(place_.environment, [&](const auto& entry) {
      const auto own = held->base.find(entry.first);
      return own != held->base.end() && own->second == entry.second;
    });
  }
}

template <class Work, class Then>
void RemoteEffect::offload(Work work, Then then) {
  actor_.reactor_.offload([self = shared_from_this(), work = std::move(work), then = std::move(then)]() mutable {
    auto made = work();
    self->actor_.reactor_.post([self, made = std::move(made), then = std::move(then)]() mutable {
      if (!self->over_) then(std::move(made));
    });
  });
}

void RemoteEffect::begin() {
  if (mirrored_ != nullptr) return begin_mirrored();
  offload(
      [this, environment = actor_.environment_at(nullptr)] {
        auto asked = context();
        // What a run keeps is looked at by those that add to it.
        const auto* needs = steps::find_needs(name_);
        const bool keeps_files = needs != nullptr && !needs->writes_files.empty();
        const auto room = keeps_files ? steps::room_for_files(asked) : std::nullopt;
        if (room && *room < most_files_.max_file_bytes) {
          most_files_ = {.max_file_bytes = *room, .too_large = steps::no_room_for_files(asked)};
        }
        return steps::make_request(asked, name_, arguments_, environment);
      },
      [this](std::expected<steps::RemoteRequest, steps::StepError> request) {
        services_->drain();
        if (!request) return finish(std::unexpected(std::move(request).error()));
        for (const auto& secret : request->secrets) actor_.add_secret(secret);
        scripts_ = std::make_unique<steps::RemoteScripts>(std::move(*request));
        start_next();
      });
}

void RemoteEffect::begin_mirrored() {
  offload(
      [this]() -> Result<> {
        mirror_folder_ = WL_TRY(services_->run_folder(steps::kMirrorFolder)) + "/" + token_;
        std::error_code error;
        std::filesystem::remove_all(mirror_folder_, error);
        std::filesystem::create_directories(mirror_folder_, error);
        if (error)
          return fail(ErrorKind::unavailable, {"cannot make {}: {}", "无法创建 {}：{}"},
                      {mirror_folder_, error.message()});
        mirror_context_.emplace(context());
        mirror_ = std::make_unique<steps::RemoteMirror>(*mirror_context_, name_, arguments_, mirror_folder_);
        return {};
      },
      [this](Result<> made) {
        if (!made) return finish(abort_with(made.error().text()));
        if (!mirror_->has_reads()) return perform_mirrored();
        scripts_ = std::make_unique<steps::RemoteScripts>(mirror_->request());
        start_next();
      });
}

void RemoteEffect::perform_mirrored() {
  if (stop_grace_) return finish(abort_with("interrupted"));
  struct Performed {
    Outcome outcome;
    Error trouble;
    std::unique_ptr<steps::PushScripts> written;
  };
  offload(
      [this] {
        Performed out{mirror_->perform(mirrored_), Error(ErrorKind::internal, ""), nullptr};
        auto written = mirror_->written();
        if (written) {
          out.written = std::make_unique<steps::PushScripts>(std::move(*written));
        } else {
          out.trouble = written.error();
        }
        return out;
      },
      [this](Performed done) {
        services_->drain();
        mirror_outcome_ = std::move(done.outcome);
        if (!done.written) return finish(abort_with(done.trouble.text()));
        written_ = std::move(done.written);
        push_written();
      });
}

void RemoteEffect::push_written() {
  offload([this] { return written_->next(); },
          [this](Result<std::optional<std::string>> script) {
            if (!script) return finish(abort_with(script.error().text()));
            if (!*script) return finish(std::move(*mirror_outcome_));
            start_task(std::move(**script), false);
          });
}

void RemoteEffect::start_next() {
  struct Next {
    Result<std::optional<std::string>> script;
    bool is_last;
  };
  offload(
      [this] {
        auto script = scripts_->next();
        return Next{std::move(script), scripts_->is_last()};
      },
      [this](Next next) {
        if (stop_grace_) return finish(abort_with("interrupted"));
        if (!next.script) return finish(abort_with(next.script.error().text()));
        if (!*next.script) return finish(abort_with("the " + step_ + " step could not be sent to its pod"));
        start_task(std::move(**next.script), next.is_last);
      });
}

void RemoteEffect::start_task(std::string script, bool is_last) {
  const auto* held = actor_.remote_node(scope_.get());
  if (held == nullptr) return finish(abort_with("the pod of this step is gone"));
  // Files are those of the agent's own container, whichever the steps around run in.
  auto agent = actor_.pod_agent(held->remote, held->name, "");
  if (!agent) return finish(actor_.without_agent(scope_.get(), agent.error()));
  agent_ = *agent;
  is_last_ = is_last;
  task_ = is_last ? token_ : token_ + ".put" + std::to_string(++script_number_);
  const auto effect = mirrored_ != nullptr ? std::string(steps::kReadEffect) : name_;
  steps::FileSink& sink = mirrored_ != nullptr ? mirror_->sink() : sink_;
  auto limits = most_files_;
  limits.effect = is_last ? effect : std::string();
  decoder_ = std::make_unique<steps::OutputDecoder>(std::move(limits), sink);
  exit_.reset();
  undecoded_.clear();
  received_ = decoded_ = 0;

  nodes::TaskSpec spec;
  spec.token = task_;
  spec.script = std::move(script);
  spec.control_dir =
      place_.workspace_tmp + "/effect-" + task_.substr(task_.size() - std::min<std::size_t>(40, task_.size()));
  spec.cwd = place_.workspace;
  spec.inherit_env = true;
  spec.capture_stdout = true;
  RunActor::ShellTask task;
  task.fiber = fiber_;
  task.agent = agent_;
  task.effect = shared_from_this();
  task.masker = std::make_unique<text::Masker>(actor_.secret_set_);
  task.raw_end = task.stored_end = task.acked_end = actor_.journal_.stream_end(task_);
  actor_.shells_[task_] = std::move(task);
  if (auto done = agent_->connection->start(spec); !done) actor_.on_start_failed(spec.token, done.error());
}

void RemoteEffect::cancel(bool hasten) {
  services_->cancel();
  stop_grace_ = hasten ? std::chrono::milliseconds(0) : kKillGrace;
  if (over_) return;
  if (!task_.empty() && agent_ != nullptr) agent_->connection->stop(task_, *stop_grace_);
}

void RemoteEffect::take_output(std::uint64_t end, std::string_view bytes) {
  received_ = end;
  if (failure_) {
    agent_->connection->ack(task_, nodes::Stream::out, end);
    return;
  }
  undecoded_ += bytes;
  if (undecoded_.size() > kMostUndecoded) {
    failure_ = abort_with("the pod sends more than it was allowed to").error();
    undecoded_.clear();
    agent_->connection->stop(task_, std::chrono::milliseconds(0));
    return;
  }
  decode();
}

void RemoteEffect::decode() {
  if (decoding_ || undecoded_.empty()) return;
  decoding_ = true;
  offload([this, bytes = std::exchange(undecoded_, {})] { return decoder_->push(bytes); },
          [this, end = received_](Result<> done) {
            decoding_ = false;
            for (const auto& secret : decoder_->take_secrets()) actor_.add_secret(secret);
            if (!done && !failure_) {
              failure_ =
                  abort_with("the " + step_ + " step in the pod " + place_.node + ": " + done.error().text()).error();
              if (!exit_) agent_->connection->stop(task_, std::chrono::milliseconds(0));
            }
            decoded_ = end;
            if (!task_.empty()) agent_->connection->ack(task_, nodes::Stream::out, decoded_);
            decode();
            if (exit_ && !decoding_) finish_script();
          });
}

void RemoteEffect::task_ended(const nodes::TaskExit& exit) {
  exit_ = exit;
  if (!decoding_ && undecoded_.empty()) finish_script();
}

void RemoteEffect::task_failed(const Error& why) {
  task_.clear();
  finish(abort_with(why.text()));
}

void RemoteEffect::finish_script() {
  const auto done = std::exchange(task_, {});
  if (!is_last_) agent_->connection->forget(done);
  if (failure_) return finish(std::unexpected(*failure_));
  auto outcome = decoder_->outcome();
  if (!outcome) return finish(steps::missing_outcome(step_, agent_->container, exit_->code));
  if (!*outcome) {
    services_->drain();
    return is_last_ && mirrored_ == nullptr ? settle() : finish(std::unexpected(outcome->error()));
  }
  if (written_) return push_written();
  if (!is_last_) return start_next();
  return mirrored_ != nullptr ? perform_mirrored() : settle();
}

void RemoteEffect::settle() {
  offload(
      [this]() -> Outcome {
        auto outcome = decoder_->outcome();
        if (!outcome) return abort_with("the " + step_ + " step gave no outcome");
        // Files are durable before the records that name them.
        if (auto kept = sink_.finish(); !kept) return abort_with(kept.error().text());
        auto asked = context();
        return steps::settle_remote(asked, name_, arguments_, std::move(*outcome));
      },
      [this](Outcome outcome) {
        services_->drain();
        finish(std::move(outcome));
      });
}

void RemoteEffect::clear_mirror() {
  if (mirror_folder_.empty()) return;
  actor_.reactor_.offload([self = shared_from_this()] {
    std::error_code ignored;
    std::filesystem::remove_all(self->mirror_folder_, ignored);
  });
}

void RemoteEffect::abandon() {
  if (std::exchange(over_, true)) return;
  services_->cancel();
  task_.clear();
  clear_mirror();
}

void RemoteEffect::finish(Outcome outcome) {
  if (std::exchange(over_, true)) return;
  const auto keeps_alive = shared_from_this();
  clear_mirror();
  if (!task_.empty()) actor_.shells_.erase(task_);
  const auto* waiting = actor_.find_pending(fiber_);
  // Its result, which the next entry holds, is what allows the agent to forget.
  if (is_last_ && exit_) actor_.forget_after_commit_.emplace_back(token_, agent_);
  if (waiting == nullptr || waiting->intent != intent_) return;
  end_(std::move(outcome));
}

void RunActor::perform_in_pod(PendingEffect& effect, steps::EffectFunction mirrored) {
  const auto fiber = effect.fiber;
  auto end = [this, fiber](Outcome outcome) {
    auto* waiting = find_pending(fiber);
    const auto* lease = outcome && waiting->interruption ? outcome->value.find("lease") : nullptr;
    const auto back = std::string(steps::release_of(waiting->kind));
    if (lease == nullptr || back.empty()) return finish_effect(fiber, std::move(outcome));
    // Nobody will see what was taken: it is given back before the interruption goes on.
    auto release =
        std::make_shared<RemoteEffect>(*this, *waiting, back, Value::map_of("lease", *lease),
                                       [this, fiber](Outcome done) { finish_effect(fiber, std::move(done)); });
    waiting->cancel = [release](bool hasten) { release->cancel(hasten); };
    release->begin();
  };
  auto remote = std::make_shared<RemoteEffect>(*this, effect, effect.kind, effect.arguments, std::move(end), mirrored);
  effect.cancel = [remote](bool hasten) { remote->cancel(hasten); };
  remote->begin();
}

}  // namespace windlass::engine
