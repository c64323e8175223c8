def name = 'app', port = 8080
def yaml = """\
apiVersion: v1
metadata:
  name: ${name}
spec:
  port: ${port}
  args: [${['a', 'b'].collect { "\"$it\"" }.join(', ')}]
"""
print yaml
