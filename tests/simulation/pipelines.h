// The pipelines of a simulated day. Shells are scripts of the simulated agent (agent.h); every mark that a run passes
// is named here, so that a run that succeeded can be held against them.
#pragma once

#include <string>
#include <vector>

namespace windlass::simulation {

struct Pipeline {
  std::string name;
  std::string script;
  std::vector<std::string> marks;     ///< each once in a run that succeeds
  std::vector<std::string> attempts;  ///< those of a `retry`: once or more
  bool asks = false;                  ///< has an `input`
  int weight = 1;                     ///< how often it is started, beside the others
};

inline const std::vector<Pipeline>& pipelines() {
  static const std::vector<Pipeline> kAll = {
      {.name = "serial",
       .script = R"(node {
  for (int i = 0; i < 4; i++) { sh "mark s${i}\nwork 3000\nsay out${i}" }
  echo sh(script: 'mark s4\nsay captured', returnStdout: true).trim()
  int code = sh(script: 'exit 3', returnStatus: true)
  if (code != 3) { error "status ${code}" }
})",
       .marks = {"s0", "s1", "s2", "s3", "s4"},
       .weight = 4},
      {.name = "parallel",
       .script = R"(pipeline {
  agent any
  stages {
    stage('Build') { steps { sh 'mark build\nwork 20000' } }
    stage('Test') {
      parallel {
        stage('A') { steps { sh 'mark a1\nwork 5000'; sh 'mark a2\nwork 9000' } }
        stage('B') { steps { sh 'mark b1\nwork 30000'; sleep 7; sh 'mark b2' } }
        stage('C') { steps { retry(3) { timeout(time: 10, unit: 'MINUTES') { sh 'mark c1\nwork 60000' } } } }
      }
    }
  }
  post { always { sh 'mark post' } }
})",
       .marks = {"build", "a1", "a2", "b1", "b2", "post"},
       .attempts = {"c1"},
       .weight = 3},
      {.name = "locks",
       .script = R"(node {
  sh 'mark before'
  lock('database') {
    sh 'enter database\nmark inside\nwork 40000\nleave database'
    echo 'still inside'
    sh 'enter database\nmark inside2\nwork 1000\nleave database'
  }
  sh 'mark after'
})",
       .marks = {"before", "inside", "inside2", "after"},
       .weight = 4},
      {.name = "approval",
       .script = R"(node { sh 'mark asked' }
def answer = input(message: 'Go on?', parameters: [string(name: 'WHO', defaultValue: 'nobody')])
node { sh 'mark answered\nwork 2000' }
echo "by ${answer}")",
       .marks = {"asked", "answered"},
       .asks = true,
       .weight = 2},
      {.name = "sleeper",
       .script = R"(node { sh 'mark evening' }
sleep time: 2, unit: 'HOURS'
node { sh 'mark morning' }
def tries = 0
waitUntil { tries++; tries > 3 }
timeout(time: 1, unit: 'MINUTES') { sleep 5 }
try {
  timeout(time: 20, unit: 'SECONDS') { sleep 3600 }
} catch (org.jenkinsci.plugins.workflow.steps.FlowInterruptedException e) {
  node { sh 'mark late' }
})",
       .marks = {"evening", "morning", "late"},
       .weight = 2},
      {.name = "parent",
       .script = R"(node { sh 'mark ordered' }
def run = build job: 'child', parameters: [string(name: 'X', value: '1')]
node { sh 'mark came-back' }
echo "${run.result}")",
       .marks = {"ordered", "came-back"},
       .weight = 2},
      {.name = "child",
       .script = R"(node {
  stage('Work') { sh 'mark child\nwork 15000' }
  catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') { sh 'exit 4' }
})",
       .marks = {"child"},
       .weight = 1},
      {.name = "noise",
       .script = R"(node {
  parallel((1..5).collectEntries { n ->
    ["branch ${n}": { for (int i = 0; i < 6; i++) { sh "mark n${n}-${i}\nsay line${n}-${i}\nwork 400\nsay more${n}-${i}" } }]
  })
})",
       .marks = {"n1-0", "n2-3", "n3-5", "n5-5"},
       .weight = 2},
  };
  return kAll;
}

}  // namespace windlass::simulation
