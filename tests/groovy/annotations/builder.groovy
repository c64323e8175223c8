import groovy.transform.Canonical
import groovy.transform.builder.Builder
import groovy.transform.builder.SimpleStrategy

@Builder
@Canonical
class Request {
    String url
    String method = 'GET'
    List<String> headers
}

@Builder(builderStrategy = SimpleStrategy, prefix = 'with')
class Spec {
    String name
    int replicas = 1
}

@Builder(builderStrategy = SimpleStrategy, excludes = 'secret')
class Plain {
    String name
    String secret
}

@Builder(builderMethodName = 'start', buildMethodName = 'finish', prefix = 'a', includes = 'one')
class Named {
    String one = 'x'
    String two = 'y'
}

println Request.builder().url('u').headers(['a', 'b']).build()
println Request.builder().build()
println Request.builder().url('u').method('PUT').build() == new Request('u', 'PUT')
def s = new Spec().withName('web').withReplicas(3)
println "${s.name} ${s.replicas} ${s.getClass().name}"
println new Plain().setName('n').name
try { new Plain().setSecret('x').name } catch (NullPointerException e) { println 'a plain setter' }
def n = Named.start().aOne('1').finish()
println "${n.one} ${n.two}"
try { Named.start().aTwo('2') } catch (MissingMethodException e) { println e.method }
