// A run's journal that can be read and forgets what is written: for evaluating a stored run again without touching it.
#pragma once

#include <memory>
#include <utility>

#include "journal/run_journal.h"

namespace windlass::engine {

class DiscardingJournal final : public journal::RunJournal {
 public:
  explicit DiscardingJournal(std::unique_ptr<journal::RunReader> reader) : reader_(std::move(reader)) {}

  [[nodiscard]] const journal::RunHeader& header() const override { return reader_->header(); }
  [[nodiscard]] Result<std::optional<journal::RunEnd>> end() override { return reader_->end(); }
  [[nodiscard]] Result<std::vector<journal::Entry>> load_entries() override { return reader_->load_entries(); }
  [[nodiscard]] Result<> visit_entries(const std::function<bool(journal::Entry&&)>& visit) override {
    return reader_->visit_entries(visit);
  }
  [[nodiscard]] Result<std::optional<journal::Entry>> find_result(const journal::EffectKey& key) override {
    return reader_->find_result(key);
  }
  [[nodiscard]] Result<std::string> read_log(std::uint64_t offset, std::size_t max_bytes) override {
    return reader_->read_log(offset, max_bytes);
  }
  [[nodiscard]] Result<std::uint64_t> log_size() override { return reader_->log_size(); }
  [[nodiscard]] Result<std::int64_t> last_log_millis() override { return reader_->last_log_millis(); }
  [[nodiscard]] Result<std::vector<journal::LogRow>> read_log_rows(std::uint64_t first, std::size_t max_rows) override {
    return reader_->read_log_rows(first, max_rows);
  }
  [[nodiscard]] Result<> scan_log(std::uint64_t first, const std::function<bool(journal::LogRow&&)>& visit) override {
    return reader_->scan_log(first, visit);
  }
  [[nodiscard]] Result<std::uint64_t> log_lines() override { return reader_->log_lines(); }
  [[nodiscard]] Result<journal::LinePlace> find_line(std::uint64_t line) override { return reader_->find_line(line); }
  [[nodiscard]] Result<std::vector<journal::LogRow>> read_node_rows(std::uint64_t node, std::uint64_t first,
                                                                    std::size_t max_rows) override {
    return reader_->read_node_rows(node, first, max_rows);
  }
  [[nodiscard]] Result<journal::NodeLog> read_node_log(const std::vector<std::uint64_t>& nodes, std::uint64_t offset,
                                                       std::size_t max_bytes) override {
    return reader_->read_node_log(nodes, offset, max_bytes);
  }
  [[nodiscard]] Result<std::vector<journal::FlowNode>> nodes() override { return reader_->nodes(); }
  [[nodiscard]] Result<std::vector<journal::Record>> records(std::string_view kind) override {
    return reader_->records(kind);
  }
  [[nodiscard]] Result<std::optional<std::string>> find_record(std::string_view kind, std::string_view key) override {
    return reader_->find_record(kind, key);
  }
  [[nodiscard]] Result<std::vector<journal::ProgramPart>> program() override { return reader_->program(); }
  [[nodiscard]] Result<std::string> program_bytes(std::string_view role) override {
    return reader_->program_bytes(role);
  }
  [[nodiscard]] journal::Digest argument_digest(std::string_view bytes) const override {
    return reader_->argument_digest(bytes);
  }
  [[nodiscard]] std::string seed() const override { return reader_->seed(); }
  [[nodiscard]] const std::string& folder() const override { return reader_->folder(); }
  [[nodiscard]] Result<journal::VerifyReport> verify() override { return reader_->verify(); }

  [[nodiscard]] Result<std::uint64_t> append(const journal::NewEntry&) override { return ++sequence_; }
  void mark_log(std::uint64_t, std::int64_t) override {}
  [[nodiscard]] Result<bool> append_line(std::string_view, std::uint64_t, std::string_view) override { return false; }
  [[nodiscard]] Result<bool> append_output(std::string_view, std::string_view, std::uint64_t, std::uint64_t,
                                           std::string_view) override {
    return false;
  }
  [[nodiscard]] Result<> append_text(std::string_view) override { return {}; }
  [[nodiscard]] std::uint64_t last_line(std::string_view) const override { return 0; }
  [[nodiscard]] std::uint64_t stream_end(std::string_view) const override { return 0; }
  [[nodiscard]] Result<> put_node(const journal::FlowNode&) override { return {}; }
  [[nodiscard]] Result<> put_record(const journal::Record&, bool) override { return {}; }
  [[nodiscard]] Result<> remove_record(std::string_view, std::string_view) override { return {}; }
  [[nodiscard]] Result<journal::ProgramPart> add_program(std::string_view role, std::string_view) override {
    return journal::ProgramPart{.role = std::string(role), .hash = {}};
  }
  [[nodiscard]] Result<> finish(const journal::RunEnd&) override { return {}; }
  [[nodiscard]] Result<> note_suspension(std::string_view) override { return {}; }
  [[nodiscard]] Result<journal::Durable> commit() override { return durable_; }
  [[nodiscard]] bool dirty() const override { return false; }
  [[nodiscard]] std::uint64_t last_sequence() const override { return sequence_; }
  [[nodiscard]] const journal::Durable& durable() const override { return durable_; }

 private:
  std::unique_ptr<journal::RunReader> reader_;
  journal::Durable durable_;
  std::uint64_t sequence_ = 0;
};

}  // namespace windlass::engine
