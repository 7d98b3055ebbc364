// The jar runs with the runtime beside it, and nothing else.
def log = new File(basedir, 'build.log').text
assert log.contains('compiled com.example.Iris')
assert log.contains('Tests run: 1, Failures: 0')
assert log.contains('1 program: no mistakes')
def jar = new File(basedir, 'target/flowers-1.jar')
def runtime
new File(localRepositoryPath, 'org/nnlang/nnlang-runtime').eachFileRecurse {
    if (it.name ==~ /nnlang-runtime-[\d.]+(-SNAPSHOT)?\.jar/) {
        runtime = it
    }
}
def jdk = log =~ /JDK\[(.+?)]/
assert jdk.find()
def java = jdk.group(1) + '/bin/java'
def run = [java, '-cp', "$jar:$runtime", 'com.example.Florist'].execute()
def out = new StringBuilder(), err = new StringBuilder()
run.waitForProcessOutput(out, err)
assert out.toString() == 'setosa\n' : "$out $err"
assert err.toString().contains('--add-modules jdk.incubator.vector')
