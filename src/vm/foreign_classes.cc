#include "vm/foreign_classes.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace windlass::vm {

namespace {

/// Roots of packages that a Jenkins brings: the JDK, Groovy, Jenkins itself, its plugins and what they are made of.
constexpr std::string_view kRoots[] = {"hudson.",
                                       "jenkins.",
                                       "org.jenkinsci.",
                                       "org.jenkins.",
                                       "io.jenkins.",
                                       "com.cloudbees.",
                                       "org.cloudbees.",
                                       "java.",
                                       "javax.",
                                       "jdk.",
                                       "sun.",
                                       "com.sun.",
                                       "groovy.",
                                       "groovyx.",
                                       "org.codehaus.",
                                       "org.apache.",
                                       "org.yaml.",
                                       "com.google.",
                                       "org.kohsuke.",
                                       "net.sf.",
                                       "org.jfrog.",
                                       "com.sonyericsson.",
                                       "com.sonymobile.",
                                       "org.w3c.",
                                       "org.xml.",
                                       "com.fasterxml.",
                                       "org.springframework.",
                                       "io.fabric8.",
                                       "okhttp3.",
                                       "org.slf4j.",
                                       "org.eclipse.",
                                       "edu.umd.cs.findbugs.",
                                       "org.csanchez.",
                                       "com.cwctravel.",
                                       "io.jsonwebtoken.",
                                       "com.rabbitmq.",
                                       "com.github.",
                                       "org.tap4j.",
                                       "org.joda.",
                                       "com.jcraft.",
                                       "org.bouncycastle.",
                                       "org.jsoup.",
                                       "com.amazonaws.",
                                       "software.amazon.",
                                       "com.microsoft.",
                                       "com.offbytwo.",
                                       "org.gradle.",
                                       "org.biouno.",
                                       "com.coravy.",
                                       "com.dabsquared.",
                                       "com.synopsys.",
                                       "javaposse.",
                                       "org.gitlab",
                                       "org.junit.",
                                       "junit.",
                                       "org.csanchez.",
                                       "com.checkmarx.",
                                       "org.thoughtslive.",
                                       "com.michelin.",
                                       "net.uaznia."};

/// Classes of the packages that Groovy imports by itself and that are not in java_classes.inc.
constexpr std::pair<std::string_view, std::string_view> kImported[] = {
    {"java.lang.",
     "BootstrapMethodError ClassCircularityError ClassFormatError ClassValue Compiler Deprecated "
     "EnumConstantNotPresentException FunctionalInterface IllegalAccessError IllegalCallerException "
     "IllegalThreadStateException InheritableThreadLocal LayerInstantiationException Module ModuleLayer "
     "Override Package Process ProcessBuilder ProcessHandle Readable Record RuntimePermission SafeVarargs "
     "SecurityManager StackWalker StrictMath SuppressWarnings ThreadGroup ThreadLocal "
     "TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError VerifyError"},
    {"java.util.",
     "AbstractQueue Currency EventListener EventListenerProxy EventObject "
     "FormatFlagsConversionMismatchException Formattable FormattableFlags Formatter FormatterClosedException "
     "HexFormat IllegalFormatCodePointException IllegalFormatFlagsException IllegalFormatPrecisionException "
     "IllegalFormatWidthException IllformedLocaleException "
     "InvalidPropertiesFormatException ListResourceBundle MissingFormatWidthException "
     "Observable Observer PrimitiveIterator PropertyPermission PropertyResourceBundle "
     "ResourceBundle ServiceConfigurationError ServiceLoader SimpleTimeZone Spliterator Spliterators "
     "SplittableRandom Timer TimerTask TooManyListenersException UnknownFormatFlagsException"},
    {"java.io.",
     "BufferedInputStream BufferedOutputStream BufferedWriter CharArrayReader CharArrayWriter "
     "CharConversionException Console DataInput DataInputStream DataOutput DataOutputStream Externalizable "
     "FileDescriptor FileFilter FileInputStream FileOutputStream FilePermission FileReader FileWriter "
     "FilenameFilter FilterInputStream FilterOutputStream FilterReader FilterWriter Flushable IOError "
     "InterruptedIOException InvalidClassException InvalidObjectException "
     "LineNumberInputStream LineNumberReader NotActiveException ObjectInput ObjectInputFilter "
     "ObjectInputStream ObjectInputValidation ObjectOutput ObjectOutputStream ObjectStreamClass "
     "ObjectStreamConstants ObjectStreamField OptionalDataException OutputStreamWriter PipedInputStream "
     "PipedOutputStream PipedReader PipedWriter PushbackInputStream PushbackReader RandomAccessFile "
     "SequenceInputStream Serial SerializablePermission StreamCorruptedException StreamTokenizer "
     "StringBufferInputStream SyncFailedException UTFDataFormatException WriteAbortedException"},
    {"java.net.",
     "Authenticator BindException CacheRequest CacheResponse ContentHandler ContentHandlerFactory "
     "CookieHandler CookieManager CookiePolicy CookieStore DatagramPacket DatagramSocket DatagramSocketImpl "
     "DatagramSocketImplFactory FileNameMap HttpCookie HttpRetryException HttpURLConnection IDN Inet4Address "
     "Inet6Address InetSocketAddress InterfaceAddress JarURLConnection MulticastSocket NetPermission "
     "NetworkInterface NoRouteToHostException PasswordAuthentication PortUnreachableException "
     "ProtocolException ProtocolFamily Proxy ProxySelector ResponseCache SecureCacheResponse ServerSocket "
     "Socket SocketAddress SocketImpl SocketImplFactory SocketOption SocketOptions SocketPermission "
     "StandardProtocolFamily StandardSocketOptions URLClassLoader URLConnection URLPermission "
     "URLStreamHandler URLStreamHandlerFactory UnixDomainSocketAddress UnknownServiceException"},
    {"groovy.lang.",
     "AdaptingMetaClass BenchmarkInterceptor Buildable Category ClosureException ClosureInvokingMethod "
     "Delegate DelegatesTo DelegatingMetaClass DeprecationException ExpandoMetaClassCreationHandle "
     "GeneratedGroovyProxy Grab GrabConfig GrabExclude GrabResolver Grapes GroovyCallable "
     "GroovyCodeSource GroovyResourceLoader GroovySystem IllegalPropertyAccessException Interceptor Lazy "
     "ListWithDefault MapWithDefault MetaArrayLengthProperty MetaBeanProperty MetaClassImpl "
     "MetaClassRegistry MetaClassRegistryChangeEvent MetaClassRegistryChangeEventListener "
     "MetaExpandoProperty MetaMethod MetaObjectProtocol MissingClassException Mixin MutableMetaClass Newify "
     "NonEmptySequence ParameterArray PropertyAccessInterceptor PropertyValue ProxyMetaClass Reference "
     "Sequence Singleton SpreadMap StringWriterIOException TracingInterceptor Writable"},
    {"groovy.util.",
     "AbstractFactory BuilderSupport CharsetToolkit CliBuilder ClosureComparator ConfigBinding "
     "DelegatingScript Factory FactoryBuilderSupport FileNameByRegexFinder FileTreeBuilder "
     "GroovyScriptEngine IFileNameFinder ObjectGraphBuilder "
     "ObservableList ObservableMap ObservableSet OptionAccessor OrderBy PermutationGenerator Proxy "
     "ProxyGenerator ResourceConnector ResourceException"},
    {"hudson.model.",
     "AbstractBuild AbstractProject Action AllView BallColor Build BuildListener Computer Descriptor Executor "
     "Fingerprint FreeStyleBuild FreeStyleProject Item ItemGroup Items Job JobProperty Label ListView Node "
     "ParameterDefinition ParameterValue ParametersAction ParametersDefinitionProperty "
     "PasswordParameterDefinition Project Queue Run Slave StringParameterDefinition StringParameterValue "
     "TaskListener TopLevelItem User View"},
};

bool has_word(std::string_view words, std::string_view word) {
  for (auto at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ' ';
    const auto end = at + word.size();
    if (begins && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

/// What to do instead, by the beginning of the name.
constexpr std::string_view kFiles = "files belong to a node: readFile, writeFile, fileExists, findFiles";
constexpr std::string_view kRequests = "requests are made by the step httpRequest, or by curl in sh";
constexpr std::string_view kPrograms = "programs are run by sh";
constexpr std::string_view kJenkins = "currentBuild, params, env and the steps stand for Jenkins' own objects";
constexpr std::pair<std::string_view, std::string_view> kInstead[] = {
    {"java.net.", kRequests},
    {"javax.net.", kRequests},
    {"okhttp3.", kRequests},
    {"org.apache.http.", kRequests},
    {"org.apache.commons.httpclient.", kRequests},
    {"groovyx.net.", kRequests},
    {"java.io.", kFiles},
    {"java.nio.file.", kFiles},
    {"java.lang.Process", kPrograms},
    {"com.fasterxml.jackson.dataformat.yaml.", "readYaml and writeYaml read and write YAML"},
    {"com.fasterxml.jackson.", "readJSON, writeJSON and groovy.json read and write JSON"},
    {"hudson.", kJenkins},
    {"jenkins.", kJenkins},
    {"org.jenkinsci.", kJenkins},
};

}  // namespace

bool is_foreign_package(std::string_view name) {
  return std::ranges::any_of(kRoots, [&](std::string_view root) { return name.starts_with(root); });
}

std::string find_foreign_import(std::string_view simple_name) {
  for (const auto& [package, words] : kImported) {
    if (has_word(words, simple_name)) return std::string(package) + std::string(simple_name);
  }
  return {};
}

std::string_view instead_of(std::string_view owner, std::string_view member) {
  if (member == "execute") {
    const bool command = owner == "java.lang.String" || owner == "org.codehaus.groovy.runtime.GStringImpl" ||
                         owner == "java.util.ArrayList" || owner.ends_with("[]");
    return command ? kPrograms : std::string_view();
  }
  if (owner == "java.lang.System") {
    if (member == "exit") return "a run ends by error, or by its last statement";
    return member == "setProperty" ? "env.NAME = value sets a variable for the steps behind it" : "";
  }
  for (const std::string_view file : {"java.io.File", "java.nio.file.Files", "java.nio.file.Path"}) {
    if (owner == file) return kFiles;
  }
  if (owner == "java.net.URL" || owner == "java.net.InetAddress") return kRequests;
  if (owner == "java.lang.Runtime") return kPrograms;
  if (owner == "java.lang.Thread") return "branches are made by parallel, pauses by sleep";
  // What a loader of Jenkins finds besides classes are its own files; those of a library are not among them there
  // either.
  if ((owner == "java.lang.Class" || owner.ends_with(".ClassLoader") || owner.ends_with("ClassLoader")) &&
      member.starts_with("getResource")) {
    return "a file of a library is read by libraryResource, one of the project by readFile or readTrusted";
  }
  if (owner == "groovy.lang.GroovyClassLoader") {
    return "classes are imported, or looked up by loadClass and Class.forName; a text is run by evaluate, a file by "
           "load";
  }
  if (owner.starts_with("hudson.model.") || owner.starts_with("jenkins.")) return kJenkins;
  return {};
}

std::string foreign_class_message(std::string_view full_name) {
  std::string message = std::string(full_name) + ": Windlass has no JVM and cannot load this Java class";
  for (const auto& [beginning, instead] : kInstead) {
    if (full_name.starts_with(beginning)) return message + "; " + std::string(instead);
  }
  return message;
}

}  // namespace windlass::vm
