#include "engine/give_up.h"

#include "engine/leftover_tasks.h"

namespace windlass::engine {

Result<> give_up_run(journal::StateFolder& state, const journal::RunInfo& run, const std::string& by,
                     const std::string& agent_binary, std::int64_t now_millis) {
  if (run.end) return fail(ErrorKind::conflict, {"{} has ended: {}", "{} 已结束：{}"}, {run.id(), run.end->result});
  auto journal = WL_TRY(state.resume_run(run));
  SystemReactor reactor;
  LeftoverTasks tasks(reactor, {.state_folder = state.path(),
                                .agent_binary = agent_binary,
                                .run_uid = run.uid,
                                .epoch = journal->header().epoch});
  tasks.end([&reactor] { reactor.stop(); });
  reactor.run();
  journal->mark_log(0, now_millis);
  WL_CHECK_OK(journal->append_text("Given up by " + by + "\nFinished: ABORTED\n"));
  WL_CHECK_OK(journal->finish({"ABORTED", now_millis}));
  if (auto done = journal->commit(); !done) return fail(std::move(done).error());
  return journal->note_suspension({});
}

}  // namespace windlass::engine
