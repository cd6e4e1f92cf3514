# Takes the blocks of C out of a page: awk -v out=FOLDER -f blocks.awk docs/PAGE.md. Writes one source for each,
# FOLDER/PAGE-LINE.c, and prints its name. A block that includes headers is a whole file. Of any other, functions and types that
# begin at the left margin stay outside, and the rest goes into a function, behind tests/docs/prelude.h.
function place(line, number) { return "#line " number " \"" FILENAME "\"\n" line "\n" }

function finish() {
    file = out "/" page "-" start ".c"
    if (whole)
        printf "%s", outside > file
    else
        printf "#include \"prelude.h\"\n%sint block(void);\nint block(void)\n{\n%sreturn code;\n}\n", outside, inside > file
    close(file)
    print file
}

BEGIN { page = ARGV[1]; sub(/.*\//, "", page); sub(/\.md$/, "", page) }

/^```c$/ { taking = 1; whole = 0; outer = 0; outside = inside = ""; start = NR; next }
/^```$/ && taking { taking = 0; finish(); next }
!taking { next }

/^#include/ { whole = 1 }
# Outside until its end: a brace at the left margin, or at once with a semicolon.
/^static |^typedef |^(const )?[a-z_0-9]+ \**[a-z_0-9]+\(.*\)$/ { if (!whole && !/^static const .*;$/) outer = 1 }
{
    if (whole || outer)
        outside = outside place($0, NR)
    else
        inside = inside place($0, NR)
}
outer && (/^}/ || /;$/ && !/^ /) { outer = 0 }
