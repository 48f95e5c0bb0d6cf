//! What is counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! measures {
    ($( $(#[$doc:meta])+ $name:ident $text:literal $zh:literal $en:literal; )+) => {
        /// A figure that is counted. All of them are sums over time and place.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Measure { $( $(#[$doc])+ $name, )+ }

        impl Measure {
            /// All of them, in reading order.
            pub const ALL: &'static [Self] = &[$( Self::$name ),+];

            /// The name in JSON and in columns.
            pub fn name(self) -> &'static str {
                match self { $( Self::$name => $text, )+ }
            }

            /// What it is called in Chinese.
            pub fn title(self) -> &'static str {
                match self { $( Self::$name => $zh, )+ }
            }

            /// What it is called in English.
            pub fn title_en(self) -> &'static str {
                match self { $( Self::$name => $en, )+ }
            }
        }
    };
}

measures! {
    /// Units entered, under the division that manages them (A1).
    UnitsEnrolled "units_enrolled" "登记单位" "units enrolled";
    /// Members entered, under the division that manages their unit (A1).
    MembersEnrolled "members_enrolled" "登记在职党员" "members enrolled";
    /// Links of units with communities formed less ended (A2, A7).
    UnitLinks "unit_links" "单位结对联系" "links of units";
    /// Reports of units with needs and resources (A3).
    UnitReports "unit_reports" "单位报到" "reports of units";
    /// Reports of members to the community that their unit is linked to (A2).
    ReportsUnitLinked "reports_unit_linked" "到单位联系社区报到" "reports to the unit's community";
    /// Reports of members to the community where they live (A2).
    ReportsResidence "reports_residence" "到居住地社区报到" "reports to the home community";
    /// Base grids drawn less ended (B1, B3).
    GridsBase "grids_base" "基础网格" "base grids";
    /// Dedicated grids drawn less ended (B14).
    GridsDedicated "grids_dedicated" "专属网格" "dedicated grids";
    /// Emergency grids drawn less ended (B5).
    GridsEmergency "grids_emergency" "应急响应网格" "emergency grids";
    /// Grids taken into the prefecture's register (B2).
    GridsFiled "grids_filed" "备案网格" "grids filed";
    /// Posts taken as a duty (B6–B11).
    PostsDuty "posts_duty" "职责岗位上岗" "duty posts taken";
    /// Posts taken as voluntary service (B7: N).
    PostsVoluntary "posts_voluntary" "志愿岗位上岗" "voluntary posts taken";
    /// Posts of both sorts left.
    PostsLeft "posts_left" "离岗" "posts left";
    /// Items of duty lists done (B17).
    DutiesDone "duties_done" "完成网格任务" "grid duties done";
    /// Of those, after their last day.
    DutiesDoneLate "duties_done_late" "逾期完成网格任务" "grid duties done late";
    /// Demands placed (C1, C2, C10, C12).
    DemandsPlaced "demands_placed" "收集需求" "demands placed";
    /// 居民点单 (C1).
    PlacedOrder "placed_order" "居民点单" "orders placed";
    /// 微梦想 (C2).
    PlacedMicroDream "placed_micro_dream" "微梦想" "micro dreams placed";
    /// 微心愿 (C2).
    PlacedMicroWish "placed_micro_wish" "微心愿" "micro wishes placed";
    /// 微诉求 (C2).
    PlacedMicroAppeal "placed_micro_appeal" "微诉求" "micro appeals placed";
    /// 网格问题 (C12).
    PlacedIssue "placed_issue" "网格问题" "grid issues raised";
    /// 百姓说事 (C10).
    PlacedPetition "placed_petition" "百姓说事" "petitions raised";
    /// By mini-program or app (C10).
    ChannelOnline "channel_online" "线上填单" "placed online";
    /// At the community's window.
    ChannelWindow "channel_window" "社区窗口" "placed at the window";
    /// By telephone.
    ChannelTelephone "channel_telephone" "电话" "placed by telephone";
    /// On a visit.
    ChannelHomeVisit "channel_home_visit" "入户走访" "told on a visit";
    /// By a grid officer.
    ChannelGridOfficer "channel_grid_officer" "网格员上报" "told by a grid officer";
    /// At a 百姓说事 point (C10).
    ChannelTalkPoint "channel_talk_point" "百姓说事点" "told at a talk point";
    /// On a 百姓说事 day (C10).
    ChannelTalkDay "channel_talk_day" "百姓说事日" "told on a talk day";
    /// Through the 百姓说事 cloud (C10).
    ChannelTalkCloud "channel_talk_cloud" "百姓说事云" "told through the talk cloud";
    /// Screened as members' service (C5).
    Screened "screened" "受理需求" "demands screened";
    /// Referred to the body whose duty they are (C3).
    Referred "referred" "转责任主体" "demands referred to their owner";
    /// Dispatches that takers called a shifted duty (C3).
    DutyShiftsReported "duty_shifts_reported" "职责转嫁反映" "duty shifts reported";
    /// Claimed by members (C2).
    ClaimedByMembers "claimed_by_members" "党员认领" "claimed by members";
    /// Claimed by units (C2).
    ClaimedByUnits "claimed_by_units" "单位认领" "claimed by units";
    /// Claims given back or lapsed.
    ClaimsEnded "claims_ended" "认领退回或到期" "claims given back or lapsed";
    /// Voluntary service dispatched (C1).
    DispatchedVoluntary "dispatched_voluntary" "志愿服务派单" "voluntary service dispatched";
    /// Duties dispatched (C1).
    DispatchedDuty "dispatched_duty" "职责任务派单" "duties dispatched";
    /// Accepted by members (C1).
    AcceptedByMembers "accepted_by_members" "党员接单" "accepted by members";
    /// Accepted by units (C2).
    AcceptedByUnits "accepted_by_units" "单位接单" "accepted by units";
    /// Dispatches of voluntary service declined: everybody's right, held against nobody (C1).
    DeclinedVoluntary "declined_voluntary" "婉拒志愿服务派单" "voluntary service declined";
    /// Dispatches of duty declined (C1).
    DeclinedDuty "declined_duty" "拒接职责任务派单" "duties declined";
    /// Dispatches not answered in time.
    DispatchesLapsed "dispatches_lapsed" "派单未答复" "dispatches not answered";
    /// Completed (办结). One opened again counts again when it is completed again.
    Completed "completed" "办结" "completed";
    /// Of those with a deadline, completed or closed within it (C11).
    OnTime "on_time" "按时办结" "completed on time";
    /// Of those with a deadline, completed or closed after it (C11).
    Late "late" "逾期办结" "completed late";
    /// Wishes of the three kinds fulfilled by members (C2).
    WishesByMembers "wishes_by_members" "党员完成微心愿" "wishes fulfilled by members";
    /// Wishes of the three kinds fulfilled by units (C2).
    WishesByUnits "wishes_by_units" "单位完成微心愿" "wishes fulfilled by units";
    /// Issues and petitions solved: by a service, or by the body whose duty they are (C12). Opened again, one less.
    IssuesSolved "issues_solved" "解决问题" "issues solved";
    /// Demands closed unsolved (C12).
    ClosedUnsolved "closed_unsolved" "未解决结案" "closed unsolved";
    /// Withdrawn by whoever placed them.
    Withdrawn "withdrawn" "撤回" "withdrawn";
    /// Deadlines moved (C11).
    DeadlinesExtended "deadlines_extended" "延期" "deadlines extended";
    /// Completed as 定岗 (C14).
    FormFixedPost "form_fixed_post" "定岗服务" "completed on fixed posts";
    /// Completed as 组团 (C14).
    FormTeam "form_team" "组团服务" "completed by teams";
    /// Completed as 领办 (C14).
    FormUndertaking "form_undertaking" "领办服务" "completed as undertakings";
    /// Completed as 承诺 (C14).
    FormPledge "form_pledge" "承诺服务" "completed as pledges";
    /// Members who served, each time counted (人次).
    ServiceTimes "service_times" "服务人次" "times that members served";
    /// Minutes of service on duty.
    MinutesDuty "minutes_duty" "职责服务分钟" "minutes of service on duty";
    /// Minutes of voluntary service.
    MinutesVoluntary "minutes_voluntary" "志愿服务分钟" "minutes of voluntary service";
    /// Ratings (C5).
    Rated "rated" "评单" "ratings";
    /// Of those, by the community in aggregate.
    RatedByCommunity "rated_by_community" "社区汇总评单" "ratings by the community";
    /// Of all ratings, above the policy's line of satisfaction.
    Satisfied "satisfied" "满意" "satisfied ratings";
    /// Sum of their stars.
    Stars "stars" "星数合计" "sum of stars";
    /// Opened again after an unsatisfied rating.
    Reopened "reopened" "不满意重办" "opened again";
    /// Departments that the community whistled for (F15).
    WhistlesBlown "whistles_blown" "吹哨" "whistles to departments";
    /// Departments that reported (F15).
    WhistlesAnswered "whistles_answered" "部门报到" "whistles answered";
    /// Of those, in time (F15).
    WhistlesAnsweredOnTime "whistles_answered_on_time" "按时报到" "whistles answered on time";
    /// Key households entered (C9).
    HouseholdsRegistered "households_registered" "登记重点户" "key households entered";
    /// Pairs formed less ended (C8, C9).
    Pairs "pairs" "结对帮扶" "pairs";
    /// Visits of the month (C9: 每月必访).
    VisitsMonthly "visits_monthly" "每月走访" "monthly visits";
    /// Visits on major holidays (C9).
    VisitsHoliday "visits_holiday" "节日走访" "holiday visits";
    /// Visits when the household asked (C9).
    VisitsOnDemand "visits_on_demand" "需求走访" "visits on demand";
    /// Visits noted as 进百家门 (C13).
    HundredDoors "hundred_doors" "进百家门" "visits to enter a door";
    /// Visits noted as 知百家情 (C13).
    HundredConcerns "hundred_concerns" "知百家情" "visits to learn how things stand";
    /// Visits noted as 管百家事 (C13).
    HundredAffairs "hundred_affairs" "管百家事" "visits to see to a matter";
    /// Visits noted as 解百家难 (C13).
    HundredTroubles "hundred_troubles" "解百家难" "visits to solve a trouble";
    /// Visits noted as 暖百家心 (C13).
    HundredHearts "hundred_hearts" "暖百家心" "visits to warm a heart";
    /// Minutes of visits, where noted.
    VisitMinutes "visit_minutes" "走访分钟" "minutes of visits";
    /// Praises published less withdrawn (E9).
    Praises "praises" "好评张榜" "praises";
    /// Reminders after bad ratings (E9).
    Reminders "reminders" "差评提醒" "reminders";
    /// Records of misconduct on duty less withdrawn (E6).
    Misconduct "misconduct" "履职不到位记录" "records of misconduct";
    /// Disqualifications less lifted (E6).
    Disqualifications "disqualifications" "取消评先资格" "disqualifications";
    /// Appeals filed (E6).
    Appeals "appeals" "申诉" "appeals";
    /// Opinions asked for before promotion, appointment or award (E1).
    OpinionsRequested "opinions_requested" "征求意见" "opinions asked for";
    /// Opinions given (E1).
    OpinionsGiven "opinions_given" "出具意见" "opinions given";
    /// Of those, late (E1).
    OpinionsGivenLate "opinions_given_late" "逾期出具意见" "opinions given late";
    /// Verified records pulled under a request (E1).
    RecordsPulled "records_pulled" "调取核验记录" "verified records pulled";
    /// Feedback cards filed as 优秀 (D2).
    CardsExcellent "cards_excellent" "反馈卡优秀" "cards filed as excellent";
    /// Feedback cards filed as 良好 (D2).
    CardsGood "cards_good" "反馈卡良好" "cards filed as good";
    /// Feedback cards filed as 一般 (D2).
    CardsFair "cards_fair" "反馈卡一般" "cards filed as fair";
    /// Feedback cards filed as 差 (D2).
    CardsPoor "cards_poor" "反馈卡差" "cards filed as poor";
}
