#include "server/check.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "controllers/upload_controller.h"
#include "data/binary.h"
#include "identity/check_book.h"
#include "journal/key_ring.h"
#include "journal/state_folder.h"
#include "net/certificate.h"
#include "objects/check_objects.h"
#include "objects/metadata.h"
#include "runs/run_table.h"
#include "server/audit.h"
#include "server/data_folder.h"
#include "store/disk.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::server {

namespace {

namespace fs = std::filesystem;

class FolderChecker {
 public:
  FolderChecker(std::string folder, bool at_rest, std::string key_file)
      : folder_(std::move(folder)), at_rest_(at_rest), key_file_(std::move(key_file)) {}

  Result<FolderCheck> run() {
    std::error_code problem;
    if (!fs::exists(folder_ + "/objects.db", problem) && !fs::exists(folder_ + "/identity.db", problem)) {
      return fail(ErrorKind::not_found, {"{} is no folder of a server", "{} 不是服务器的目录"}, {folder_});
    }
    check_modes();
    check_key();
    check_certificates();
    // What names others first: what comes into being meanwhile is missing in none.
    check_objects();
    check_identity();
    check_uploads();
    check_runs();
    check_audit();
    return std::move(out_);
  }

 private:
  void find(std::string sentence) { out_.findings.push_back(std::move(sentence)); }
  void take(std::vector<std::string> findings) {
    for (auto& one : findings) find(std::move(one));
  }

  void check_modes() {
    struct stat info{};
    if (::stat(folder_.c_str(), &info) == 0 && (info.st_mode & 0077) != 0) {
      find("the folder " + folder_ + " can be entered by others; close it: chmod 700 " + folder_);
    }
    for (const char* name :
         {"key", "key.old", "ca.key", "tls.key", "runs/state/keys/state.key", "runs/state/keys/state.key.old"}) {
      const auto path = folder_ + "/" + name;
      if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 0077) != 0) {
        find("the key " + path + " can be read by others; close it: chmod 600 " + path);
      }
    }
  }

  void check_key() {
    auto folder = DataFolder::open_existing(folder_);
    if (!folder) return find(folder.error().message);
    if (!key_file_.empty()) folder->use_key(key_file_);
    auto keys = folder->existing_keys();
    if (keys) {
      keys_ = std::move(*keys);
    } else {
      find("the key " + (key_file_.empty() ? folder_ + "/key" : key_file_) + " cannot be used: " +
           keys.error().message + "; what it sealed is lost without it (windlass restore takes it from a copy)");
    }
  }

  void check_certificates() {
    for (const char* name : {"ca.pem", "tls.pem"}) {
      const auto bytes = store::read_file(folder_ + "/" + name, 64 * 1024);
      if (!bytes) continue;  // made by the next start
      if (!net::certificate_end(*bytes))
        find(folder_ + "/" + name + " is no certificate; a start without it makes it anew");
    }
  }

  /// Opens for reading; what that leaves beside the database goes again.
  void look_into(const std::string& name, const std::function<void(store::Database&)>& look) {
    const auto path = folder_ + "/" + name;
    std::error_code problem;
    if (!fs::exists(path, problem)) return find(path + " is gone");
    const bool had_index = ::access((path + "-shm").c_str(), F_OK) == 0;
    {
      auto database = store::Database::open(path, {.read_only = true, .at_rest = at_rest_});
      if (!database) {
        find(database.error().message);
      } else {
        auto transaction = store::Transaction::begin(*database, store::Transaction::Kind::read);
        if (transaction) {
          look(*database);
        } else {
          find(transaction.error().message);
        }
      }
    }
    if (at_rest_ && !had_index) ::unlink((path + "-shm").c_str());
  }

  class RingSealer final : public objects::Sealer {
   public:
    explicit RingSealer(const journal::KeyRing& keys) : keys_(keys) {}
    std::string seal(std::string_view, std::string_view) override { return {}; }
    Result<std::string> open(std::string_view sealed, std::string_view context) override {
      return keys_.unseal("object " + std::string(context), sealed);
    }

   private:
    const journal::KeyRing& keys_;
  };

  /// They are in a cluster, and not ours to check.
  [[nodiscard]] bool is_of_cluster() const {
    std::error_code problem;
    return fs::exists(folder_ + "/store-id", problem) && !fs::exists(folder_ + "/objects.db", problem);
  }

  void check_objects() {
    if (is_of_cluster()) return;
    look_into("objects.db", [&](store::Database& database) {
      if (!keys_) return take(structure_only(database));
      RingSealer sealer(*keys_);
      auto found = objects::check_objects(database, sealer, [&](const auto& type, const auto& object) {
        if (type.plural == "s2ibinaries") note_upload(object);
        if (type.plural != "pipelineruns" || objects::is_being_deleted(object)) return;
        kept_runs_.insert(objects::meta_text(object, "uid"));
      });
      out_.objects = found.objects;
      take(std::move(found.findings));
    });
  }

  void note_upload(const data::Value& object) {
    const auto* spec = object.find("spec");
    const auto* status = object.find("status");
    if (spec == nullptr || status == nullptr || status->get_string("phase") != "Ready") return;
    const auto content = controllers::upload_content(objects::meta_text(object, "uid"), spec->get_string("md5"));
    if (content.empty() || objects::is_being_deleted(object)) return;
    uploads_[objects::meta_text(object, "namespace") + "/" + objects::meta_text(object, "name")] = content;
  }

  /// Each is named by its MD5.
  void check_uploads() {
    const auto kept = folder_ + "/uploads/kept";
    std::error_code problem;
    for (auto it = fs::recursive_directory_iterator(kept, problem); !problem && it != fs::end(it);
         it.increment(problem)) {
      if (!it->is_regular_file(problem)) continue;
      const auto path = it->path().string();
      const auto name = it->path().filename().string();
      const auto digest = md5_of(path);
      // While a server works it may have gone meanwhile.
      if (!digest && !fs::exists(path, problem)) continue;
      if (!digest || !name.ends_with("-" + *digest)) find("the content of " + path + " is not what it is named");
    }
    for (const auto& [key, content] : uploads_) {
      // While a server works, another file may have come since its object was read.
      if (!at_rest_ || fs::exists(kept + "/" + key + "/" + content, problem)) continue;
      find("the file of the S2iBinary " + key + " is gone: " + kept + "/" + key + "/" + content);
    }
  }

  static std::optional<std::string> md5_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    auto digest = text::Digest::make("MD5");
    std::string part(std::size_t{256} * 1024, '\0');
    while (file && digest) {
      file.read(part.data(), static_cast<std::streamsize>(part.size()));
      digest->add(std::string_view(part).substr(0, static_cast<std::size_t>(file.gcount())));
    }
    if (!digest || !file.eof()) return std::nullopt;
    return text::encode_hex(digest->finish());
  }

  static std::vector<std::string> structure_only(store::Database& database) {
    if (auto good = database.check_structure(); !good) return {good.error().message};
    return {};
  }

  void check_identity() {
    look_into("identity.db", [&](store::Database& database) { take(identity::check_book(database)); });
  }

  void check_runs() {
    std::vector<runs::RunInfo> rows;
    look_into("runs/runs.db", [&](store::Database& database) {
      if (!keys_) return take(structure_only(database));
      auto found = runs::check_run_table(database, *keys_);
      take(std::move(found.findings));
      rows = std::move(found.runs);
    });
    out_.runs = rows.size();
    const auto state_path = folder_ + "/runs/state";
    auto state = journal::check_state(state_path, at_rest_);
    if (!state) {
      if (!rows.empty()) find(state.error().message);
      return;
    }
    out_.entries = state->totals.entries;
    out_.log_bytes = state->totals.log_bytes;
    if (!state->has_told_behind) out_.behind = state->behind.size();
    std::map<std::string, const journal::StateCheck::Run*> journals;
    for (const auto& run : state->runs) {
      journals[run.job + "#" + std::to_string(run.number)] = &run;
      check_artifacts(run);
    }
    for (const auto& row : rows) {
      const auto id = row.job + "#" + std::to_string(row.number);
      const auto found = journals.find(id);
      if (found != journals.end()) {
        const auto& end = found->second->end;
        if (end && row.phase == runs::Phase::ended && end->result != row.result) {
          find("the run " + id + " ended with " + end->result + " by its journal and with " + row.result + " by " +
               folder_ + "/runs/runs.db");
        }
        continue;
      }
      // A journal that is there and cannot be read has its own sentence; one of a run that is being deleted may be
      // gone.
      const auto encoded = journal::encode_job(row.job);
      const auto path = state_path + "/runs/" + encoded.value_or("") + "/" + std::to_string(row.number) + "/run.db";
      const bool expected = row.phase == runs::Phase::ended ? row.started_millis != 0 && kept_runs_.contains(row.uid)
                                                            : row.started_millis != 0;
      // While a server works, a run may have gone since its object was read.
      if (expected && at_rest_ && !state->behind.contains(id) && ::access(path.c_str(), F_OK) != 0)
        find("the journal of the run " + id + " is gone: " + path);
    }
    take(std::move(state->findings));
  }

  void check_artifacts(const journal::StateCheck::Run& run) {
    for (const auto& record : run.artifacts) {
      const auto facts = data::decode_binary(record.payload);
      if (!facts) {
        find("the artifact " + record.key + " of " + run.job + "#" + std::to_string(run.number) +
             " has a record that is none");
        continue;
      }
      ++out_.artifacts;
      const auto path = run.folder + "/files/artifacts/" + record.key;
      struct stat info{};
      if (::stat(path.c_str(), &info) != 0) {
        find("the artifact " + path + " is gone");
      } else if (info.st_size != facts->get_int("size")) {
        find("the artifact " + path + " has " + std::to_string(info.st_size) + " bytes instead of " +
             std::to_string(facts->get_int("size")));
      }
    }
  }

  void check_audit() {
    const auto path = folder_ + "/audit.log";
    std::error_code problem;
    if (!fs::exists(path, problem)) return find("the audit log " + path + " is gone");
    auto lines = verify_audit(path);
    if (lines) {
      out_.audit_lines = *lines;
    } else {
      find(lines.error().message);
    }
  }

  std::string folder_;
  bool at_rest_;
  std::string key_file_;
  std::shared_ptr<journal::KeyRing> keys_;
  std::map<std::string, std::string> uploads_;  ///< of S2iBinaries that are ready: names of their files
  std::set<std::string> kept_runs_;             ///< uids of PipelineRuns that are not being deleted
  FolderCheck out_;
};

}  // namespace

Result<FolderCheck> check_folder(const std::string& folder, bool at_rest, const std::string& key_file) {
  return FolderChecker(folder, at_rest, key_file).run();
}

}  // namespace windlass::server
