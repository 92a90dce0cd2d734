import gzip
import os
from pathlib import Path

import pytest

from tracking.motion_files import segments
from tracking.records import ConfigError
from tracking.rotation import quat_multiply
from tracking.sources.motion_reader import MAX_CHARACTERS, read_motion


def line(time_s, x=0.0):
    return f"{time_s} {x} 0 0 0 0 0 1"


@pytest.mark.parametrize("packed", [False, True])
def test_plain_and_gzip_files_are_read_alike(tmp_path, packed):
    content = "\n".join([line(1.0), line(1.05)]).encode()
    path = tmp_path / "motion.txt"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_motion(path).times_ns == (1_000_000_000, 1_050_000_000)


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b broken", gzip.compress(b"1 2 3" * 999)[:-9], bytes(range(256)), line(1.0).encode()]
)
def test_unusable_files_are_refused_in_one_line(tmp_path, content):
    path = tmp_path / "motion.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refusal:
        read_motion(path)
    assert str(refusal.value).startswith(f"{path}: motion: ")
    assert len(refusal.value.findings) == 1


def test_a_missing_file_is_refused_in_one_line(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_motion(tmp_path / "absent.txt")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "count", "gaps"),
    [("tum_rgbd_fr2_desk_groundtruth.txt.gz", 20956, 40), ("tum_vi_room4_groundtruth.txt.gz", 13075, 20)],
)
def test_real_recordings_are_read_with_their_dropouts(name, count, gaps):
    folder = os.environ.get("OPENSTAGE_DATA")
    if not folder:
        pytest.skip("OPENSTAGE_DATA does not name the folder of real recordings")
    track = read_motion(Path(folder) / "camera_motion" / name)
    assert len(track.poses) == count
    assert 0 < len(segments(track.times_ns, 100_000_000)) - 1 <= gaps
    assert all(abs(quat_multiply(p.rotation, (0.0, 0.0, 0.0, 1.0))[3]) <= 1.0 for p in track.poses[:10])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_end_are_read(tmp_path, packed, end):
    content = b"\xef\xbb\xbf" + end.join([line(1.0), line(1.05), ""]).encode()
    path = tmp_path / "motion.txt"
    path.write_bytes(gzip.compress(content) if packed else content)
    track = read_motion(path)
    assert track.times_ns == (1_000_000_000, 1_050_000_000)
    assert track.findings == ()


def test_pipes_devices_and_folders_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, message in ((tmp_path / "pipe", "pipe"), (Path("/dev/zero"), "device"), (tmp_path, "folder")):
        with pytest.raises(ConfigError, match=rf"motion: cannot be read \(is a .*{message}"):
            read_motion(path)


def test_a_small_file_that_unpacks_without_end_is_refused(tmp_path):
    path = tmp_path / "motion.txt.gz"
    path.write_bytes(gzip.compress(b"\n" * (MAX_CHARACTERS // 64), compresslevel=1))
    with pytest.raises(ConfigError, match="found more text than 512 MiB"):
        read_motion(path)
