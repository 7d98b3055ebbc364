// Only what has changed is made again, whatever the times of the files say.
def mvn = System.getProperty('maven.home') + '/bin/mvn'
def build = {
    def process = new ProcessBuilder([mvn, '-B', '-ntp', '-s', "$basedir.parent/interpolated-settings.xml", "-Dmaven.repo.local=$localRepositoryPath", 'generate-sources']*.toString())
            .directory(basedir).redirectErrorStream(true).start()
    def log = process.inputStream.text
    assert process.waitFor() == 0 : log
    log
}
def program = new File(basedir, 'src/main/nn/nets.nn')
def twice = new File(basedir, 'target/generated-sources/nn/com/example/Twice.java')
def image = new File(basedir, 'target/generated-resources/nn/META-INF/nnlang/models/com.example.Twice.image')
def nothing = 'nothing to compile'
assert new File(basedir, 'build.log').text.contains('compiled com.example.Thrice')
assert twice.exists()
def first = image.bytes

program.lastModified = System.currentTimeMillis() + 10000
assert build().contains(nothing)

// A renamed model leaves no class of its old name behind, and the class of another stays as it is.
def time = twice.lastModified()
program.text = program.text.replace('Thrice', 'Triple')
assert build().contains('compiled com.example.Triple')
assert new File(basedir, 'target/generated-sources/nn/com/example/Triple.java').exists()
assert !new File(basedir, 'target/generated-sources/nn/com/example/Thrice.java').exists()
assert !new File(basedir, 'target/generated-resources/nn/com/example/Thrice_Compiled.class').exists()
assert twice.lastModified() == time

// What was deleted comes back, with the same bytes.
assert image.delete()
assert !build().contains(nothing)
assert image.bytes == first
