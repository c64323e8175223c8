def url = 'https://github.com/acme/widget.git'
println url.tokenize('/').last().replace('.git', '')
println((url =~ /github.com\/(.+?)\/(.+?)\.git/)[0][1..2])
println url.split('://')[0]
def m = url =~ $/https?://([^/]+)/(.*)/$
println m ? m.group(1) : 'none'
