"""Jenkinsfiles that are wrong on purpose, made when they are needed: nothing large lies in the repository."""
import random

REFERENCE = '''@Library('shared') _
import groovy.transform.Field
@Field def versions = [8, 11, 17]
pipeline {
  agent { label 'linux && !arm' }
  options { timeout(time: 1, unit: 'HOURS') }
  environment { HOME_PAGE = "https://example.org/${env.JOB_NAME}" }
  parameters { string(name: 'TARGET', defaultValue: 'all', description: """what
to build""") }
  stages {
    stage('Build') {
      when { anyOf { branch 'main'; expression { params.TARGET =~ /a.*/ } } }
      steps {
        sh "make ${params.TARGET} V=${versions.collect { it * 2 }.join(',')}"
        script { def found = findFiles(glob: '**/*.jar'); if (found.size() > 0) { echo found[0].name } else { error 'none' } }
      }
    }
    stage('Test') { parallel { stage('a') { steps { echo 'a' } } stage('b') { steps { echo 'b' } } } }
  }
  post { always { junit '**/*.xml' } failure { mail to: 'x@example.org', subject: 'y', body: "z ${currentBuild.result}" } }
}
'''

DECLARATIVE = "pipeline {\n agent any\n stages {\n%s\n }\n}\n"


def stage(name, body):
    return f"stage('{name}') {{ steps {{ {body} }} }}\n"


def nested_stages(depth):
    return DECLARATIVE % ("stage('s') { stages { " * depth + stage("x", "echo 'x'") + " } }" * depth)


def nested_conditions(depth):
    return DECLARATIVE % ("stage('s') { when { " + "allOf { not { " * depth + "branch 'x'" + " } }" * depth +
                          " } steps { echo 'x' } }")


def nested_blocks(depth):
    return DECLARATIVE % ("stage('s') { steps { " + "dir('a') { " * depth + "echo 'x'" + " }" * depth + " } }")


def many_stages(count):
    return DECLARATIVE % "".join(stage(f"s{i}", f"echo '{i}'") for i in range(count))


def damaged(count):
    """The reference with one byte changed, removed or put in, in `count` ways that are the same each time."""
    chance = random.Random(1)
    text = REFERENCE.encode()
    for _ in range(count):
        at = chance.randrange(len(text))
        kind = chance.randrange(3)
        byte = bytes([chance.randrange(256)])
        yield text[:at] + (byte if kind != 1 else b"") + text[at + (kind != 2):]


NESTS = {  # opening, innermost, closing
    "brackets": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "maps": ("[a: ", "1", "]"),
    "closures": ("{ -> ", "1", " }"),
    "calls": ("f(", "1", ")"),
    "subscripts": ("a[", "1", "]"),
    "texts": ('"${', "1", '}"'),
    "ternaries": ("a ? ", "1", " : 2"),
    "nots": ("!", "true", ""),
    "casts": ("(int) ", "1", ""),
    "news": ("new A(", "1", ")"),
    "ifs": ("if (a) { ", "b", " }"),
    "tries": ("try { ", "a", " } finally { b }"),
    "loops": ("while (a) { ", "b", " }"),
    "switches": ("switch (a) { case 1: ", "b", " }"),
    "elvises": ("a ?: (", "1", ")"),
    "generics": ("List<", "A", "> x"),
}

CHAINS = {  # first, link
    "sums of texts": ("println(('a'", " + 'a'", ").size())"),
    "conjunctions": ("def a = true\nprintln(a", " && a", ")"),
    "calls": ("def a = 1\nprintln(a", ".toString()", ")"),
    "properties": ("def a = null\nprintln(a", "?.b", ")"),
    "else ifs": ("def a = false\n", "if (a) { } else ", "println 1"),
    "comparisons": ("def a = 1\nprintln(a", " == a", ")"),
    "comments": ("println 1", " /* x */", ""),
    "line comments": ("println 1\n", "// x\n", ""),
    "semicolons": ("println 1", ";", ""),
    "newlines": ("println 1", "\n", ""),
}
