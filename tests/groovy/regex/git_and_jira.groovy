println(('fix: PROJ-12 and ABC-7 done' =~ /[A-Z]+-\d+/).collect { it })
def remote = 'git@github.com:acme/app.git'
def m = remote =~ /.*[\/:](.*)\/(.*?)(\.git)?$/
println m[0][1] + '/' + m[0][2]
def (all, org, repo) = (remote =~ /:(\w+)\/(\w+)/)[0]
println "$org $repo"
