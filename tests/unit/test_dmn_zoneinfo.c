/* zoneinfo: which names reach a file of the tz database, and which never leave its folder. The folder is made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/zoneinfo.h"

static char folder[] = "zoneinfo-XXXXXX";
static const char *const files[] = {"Fixed",  "Area/Place", "Area/Long/Place-2",
                                    "broken", "empty",      "with.dot"};
static const char *const folders[] = {"Area/Long", "Area"};

/* Version 1: no change, one offset of two hours. */
static const char fixed[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                            "\0\0\x1c\x20\0\0AAA";

static void put_file(int at, const char *name, const char *bytes, size_t len)
{
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(at >= 0);
    for (size_t i = COUNT(folders); i-- > 0;)
        assert_int_equal(mkdirat(at, folders[i], 0700), 0);
    for (size_t i = 0; i < COUNT(files); i++) {
        bool broken = strcmp(files[i], "broken") == 0, empty = strcmp(files[i], "empty") == 0;
        put_file(at, files[i], fixed, empty ? 0 : sizeof fixed - (broken ? 9 : 0));
    }
    assert_int_equal(mkfifoat(at, "pipe", 0600), 0);
    return close(at);
}

static int remove_folder(void **state)
{
    (void)state;
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < COUNT(files); i++)
        assert_int_equal(unlinkat(at, files[i], 0), 0);
    assert_int_equal(unlinkat(at, "pipe", 0), 0);
    for (size_t i = 0; i < COUNT(folders); i++)
        assert_int_equal(unlinkat(at, folders[i], AT_REMOVEDIR), 0);
    assert_int_equal(close(at), 0);
    return rmdir(folder);
}

static const struct zone *find(struct zoneinfo *z, const char *name)
{
    return z->zones.find(z->zones.context, str_of(name));
}

static void test_names_that_leave_the_folder_or_are_no_files_are_not_found(void **state)
{
    static const char *const names[] = {
        "",
        "..",
        "../Fixed",
        "Area/../Fixed",
        "/Fixed",
        "Area//Place",
        "Area/",
        "Area",
        ".",
        "./Fixed",
        "with.dot",
        "broken",
        "empty",
        "pipe",
        "Other",
        "Fixed ",
        "Area\\Place",
        "Fixed/Fixed",
        "~",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct zoneinfo z;
    (void)state;
    zoneinfo_init(&z, folder);
    for (size_t i = 0; i < COUNT(names); i++)
        if (find(&z, names[i]) != NULL)
            fail_msg("'%s' was found", names[i]);
    assert_null(z.zones.find(z.zones.context, (struct str){"Fixed\0x", 7}));
    assert_int_equal(z.count, 0);
    zoneinfo_done(&z);
}

static void test_a_zone_is_read_once(void **state)
{
    struct zoneinfo z;
    (void)state;
    zoneinfo_init(&z, folder);
    const struct zone *place = find(&z, "Area/Place");
    assert_non_null(place);
    assert_int_equal(zone_offset_at(place, 0), 7200);
    assert_true(str_eq(zone_name(place), STR("Area/Place")));
    assert_non_null(find(&z, "Area/Long/Place-2"));
    assert_ptr_equal(find(&z, "Area/Place"), place);
    assert_int_equal(z.count, 2);
    zoneinfo_done(&z);
}

static void test_without_a_folder_no_zone_is_known(void **state)
{
    struct zoneinfo z;
    (void)state;
    zoneinfo_init(&z, "no-such-folder");
    assert_null(find(&z, "Fixed"));
    zoneinfo_done(&z);
}

static void test_the_environment_may_name_the_folder(void **state)
{
    struct zoneinfo z;
    (void)state;
    assert_int_equal(setenv("TZDIR", folder, 1), 0);
    zoneinfo_init(&z, NULL);
    assert_non_null(find(&z, "Fixed"));
    zoneinfo_done(&z);
    assert_int_equal(unsetenv("TZDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_that_leave_the_folder_or_are_no_files_are_not_found),
        cmocka_unit_test(test_a_zone_is_read_once),
        cmocka_unit_test(test_without_a_folder_no_zone_is_known),
        cmocka_unit_test(test_the_environment_may_name_the_folder),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
