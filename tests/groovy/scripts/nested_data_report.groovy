def stages = [[name: 'build', ms: 1500, ok: true], [name: 'test', ms: 62000, ok: false], [name: 'deploy', ms: 0, ok: null]]
stages.each { s ->
    def status = s.ok == null ? 'SKIPPED' : s.ok ? 'PASSED' : 'FAILED'
    println "${s.name.padRight(8)}|${status.center(9)}|${String.format('%6.1f', s.ms / 1000)}"
}
println "failed: ${stages.findAll { it.ok == false }*.name}"
println "total: ${stages.sum { it.ms } / 1000}"
