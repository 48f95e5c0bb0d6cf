//! The two cities of the demonstration, with the figures of their own reports.

/// A city and the figures that its report gives.
#[derive(Debug, Clone, Copy)]
pub struct City {
    /// As in `--city`.
    pub key: &'static str,
    /// Of the prefecture.
    pub code: &'static str,
    /// In Chinese.
    pub title: &'static str,
    /// Short name of the policy it adopts.
    pub policy: &'static str,
    /// Its division tree, as of the national statistics division codes of 2023.
    pub divisions: &'static str,
    /// Large estates (小区).
    pub estates: usize,
    /// Dormitory, family and pooled-fund buildings.
    pub buildings: usize,
    /// Base grids.
    pub grids: usize,
    /// Of a hundred thousand grids, so many have a full-time officer.
    pub full_time_per_100k: usize,
    /// Part-time grid officers chosen from the members.
    pub part_time_officers: usize,
    /// Members of one unit, on average.
    pub members_per_unit: usize,
    /// Members when `--members` says nothing.
    pub members_default: usize,
}

/// Seed 000 gives 120 estates, 635 buildings, 49.6 % full-time officers and 1608 part-time ones; grids and units are
/// not counted there, so they are ours: four grids to each of the city's urban communities.
pub const LIUPANSHUI: City = City {
    key: "liupanshui",
    code: "5202",
    title: "六盘水市",
    policy: "liupanshui",
    divisions: include_str!("../../data/divisions-5202-liupanshui.csv"),
    estates: 120,
    buildings: 635,
    grids: 900,
    full_time_per_100k: 49_600,
    part_time_officers: 1608,
    members_per_unit: 25,
    members_default: 3_000,
};

/// Seed 004 gives 1359 grids, 1009 units and 26,000 members, 197 estates with an owners' committee and 69 with a
/// management committee; officers are not counted there, so they are ours.
pub const QIANXINAN: City = City {
    key: "qianxinan",
    code: "5223",
    title: "黔西南布依族苗族自治州",
    policy: "qianxinan",
    divisions: include_str!("../../data/divisions-5223-qianxinan.csv"),
    estates: 197,
    buildings: 69,
    grids: 1359,
    full_time_per_100k: 100_000,
    part_time_officers: 1359,
    members_per_unit: 26,
    members_default: 2_600,
};

impl City {
    /// The city of this name.
    pub fn named(key: &str) -> Option<Self> {
        [LIUPANSHUI, QIANXINAN].into_iter().find(|city| city.key == key)
    }
}
