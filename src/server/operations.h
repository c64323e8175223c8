// What an operator asks a running server for: a backup of everything, a new key for what is sealed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/fault.h"
#include "journal/key_ring.h"
#include "net/http.h"
#include "objects/embedded_store.h"
#include "rt/task.h"
#include "rt/worker.h"
#include "runs/run_service.h"
#include "server/data_folder.h"
#include "uploads/upload_store.h"

namespace windlass::server {

struct OperationsOptions {
  std::string version;
  std::function<std::int64_t()> now_millis;
  std::function<void(std::string_view)> log;
  Fault* fault = nullptr;  ///< crash tests
};

class Operations {
 public:
  /// Everything given must outlive the io_context's last run. `store`: null where the objects are in a cluster.
  Operations(boost::asio::io_context& io, DataFolder& folder, std::shared_ptr<journal::KeyRing> keys,
             objects::EmbeddedStore* store, runs::RunService& runs, uploads::UploadStore& uploads,
             OperationsOptions options);

  /// Goes on with a rotation that a crash ended.
  void start();
  /// A backup as it is made (server/backup.h). `conflict` while another one is being made.
  rt::Task<net::Response> backup();
  /// A fresh key, and everything sealed by it when this returns; a crash before leaves both keys usable and the next
  /// start goes on. `conflict` while another rotation goes on.
  rt::Task<> rotate_key();

 private:
  rt::Task<> seal_anew();

  DataFolder& folder_;
  std::shared_ptr<journal::KeyRing> keys_;
  objects::EmbeddedStore* store_;
  runs::RunService& runs_;
  uploads::UploadStore& uploads_;
  OperationsOptions options_;
  boost::asio::io_context& io_;
  rt::Worker worker_;  ///< copies databases and reads files; nobody else waits for it
  std::shared_ptr<bool> backing_up_ = std::make_shared<bool>(false);
  bool rotating_ = false;
};

}  // namespace windlass::server
