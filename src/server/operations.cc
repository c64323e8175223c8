#include "server/operations.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>

#include "journal/state_keys.h"
#include "objects/api_status.h"
#include "server/backup.h"

namespace windlass::server {

using net::Response;

namespace {

/// One backup at a time, until its answer is gone.
class Turn {
 public:
  explicit Turn(std::shared_ptr<bool> taken) : taken_(std::move(taken)) { *taken_ = true; }
  ~Turn() { *taken_ = false; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::shared_ptr<bool> taken_;
};

}  // namespace

Operations::Operations(boost::asio::io_context& io, DataFolder& folder, std::shared_ptr<journal::KeyRing> keys,
                       objects::EmbeddedStore* store, runs::RunService& runs, uploads::UploadStore& uploads,
                       OperationsOptions options)
    : folder_(folder),
      keys_(std::move(keys)),
      store_(store),
      runs_(runs),
      uploads_(uploads),
      options_(std::move(options)),
      io_(io),
      worker_(io) {}

void Operations::start() {
  if (keys_->older() == 0) return;
  rotating_ = true;
  boost::asio::co_spawn(
      io_,
      [this]() -> boost::asio::awaitable<void> {
        auto done = co_await seal_anew();
        rotating_ = false;
        options_.log(done ? "everything is sealed by the newest key; older ones open nothing any more"
                          : "the rotation of the key cannot go on: " + done.error().text());
      },
      boost::asio::detached);
}

rt::Task<> Operations::seal_anew() {
  if (store_ != nullptr) WL_CO_TRY_VOID(objects::to_result(co_await store_->seal_anew()));
  WL_CO_TRY_VOID(co_await runs_.seal_anew());
  // Journals have a key of their own. It goes with the other one, so that a crash in between begins here again.
  WL_CO_TRY_VOID(co_await runs_.begin_state_rotation());
  const auto state = folder_.file("runs") + "/state";
  const auto wrapped = co_await worker_.run([state, log = options_.log, fault = options_.fault] {
    return journal::finish_state_rotation(state, [&](const std::string& sentence) { log(sentence); }, fault);
  });
  if (!wrapped) co_return fail(wrapped.error());
  WL_CO_TRY_VOID(co_await runs_.renew_state_keys());
  WL_CO_TRY_VOID(folder_.end_rotation());
  keys_->forget_older();
  co_return Result<>();
}

rt::Task<> Operations::rotate_key() {
  if (std::exchange(rotating_, true))
    co_return fail(ErrorKind::conflict, {"a rotation of the key goes on already", "密钥轮换已在进行"});
  auto fresh = journal::SealKey::make();
  Result<> done = fresh ? folder_.begin_rotation(*keys_, *fresh) : Result<>(fail(fresh.error()));
  if (done) {
    keys_->add(std::move(*fresh));
    done = co_await seal_anew();
  }
  rotating_ = false;
  if (done) options_.log("the key was rotated: everything is sealed by the new one");
  co_return done;
}

rt::Task<Response> Operations::backup() {
  if (*backing_up_) co_return fail(ErrorKind::conflict, {"a backup is being made already", "已有备份正在进行"});
  auto turn = std::make_shared<Turn>(backing_up_);
  auto moment = std::make_shared<std::optional<BackupMoment>>();
  const auto facts = BackupFacts{.now_millis = options_.now_millis(),
                                 .version = options_.version,
                                 .key_mark = journal::format_hex(keys_->derive(kKeyMark)).substr(0, 16)};
  const auto kept = uploads_.hold_deletions();  // before: what the objects of the moment name is there
  auto held = WL_CO_TRY(
      co_await runs_.freeze([moment, path = folder_.path()](const std::vector<runs::FrozenRun>& going_on) -> Result<> {
        moment->emplace(WL_TRY(BackupMoment::take(path, going_on)));
        return {};
      }));
  Response out;
  out.headers.add("Content-Type", "application/x-tar");
  out.headers.add("Content-Disposition", "attachment; filename=\"windlass-backup.tar\"");
  auto stream = std::make_shared<BackupStream>(std::move(**moment), facts);
  moment->reset();
  out.stream = [this, turn, held, kept, stream](net::BodyWriter& writer) -> rt::Task<> {
    for (;;) {
      auto part = co_await worker_.run([stream] { return stream->next(); });
      if (!part) {
        options_.log("a backup was not finished: " + part.error().text());
        co_return fail(part.error());
      }
      if (part->empty()) break;
      WL_CO_TRY_VOID(co_await writer.write(*part));
    }
    co_return Result<>();
  };
  co_return out;
}

}  // namespace windlass::server
